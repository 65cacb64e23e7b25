//! The default embedder: a BERT of six layers, averaged over its tokens, on the CPU.

mod batches;
mod network;
mod tokens;

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::BoxError;
use crate::{Effort, EmbedError, Embedder};
use network::Network;
use tokens::TextTokenizer;

pub use batches::BATCH_TOKENS_MAX;
pub use tokens::TEXT_TOKENS_MAX;

/// all-MiniLM-L6-v2, or another sentence encoder of its build, in a folder.
///
/// A vector is the mean of the last layer over the text's tokens, scaled to unit length. The int8 network measures the range of its
/// activations per batch, so that a text's vector depends a little on the texts beside it (cosine above 0.999, see
/// the tests); the same call with the same texts gives the same vectors.
pub struct MiniLm {
    tokenizer: TextTokenizer,
    network: Network,
    fingerprint: String,
}

/// The files of a model, before they are understood.
struct ModelFiles<'a> {
    name: String,
    precision: &'a str,
    tokenizer: &'a [u8],
}

impl MiniLm {
    /// The model that is compiled in.
    ///
    /// # Errors
    /// [`EmbedError::NoModel`] in a build without the feature `model`; [`EmbedError::Load`] only if the compiled-in files do not fit
    /// this version of the runtime.
    pub fn bundled() -> Result<Self, EmbedError> {
        bundled::model()
    }

    /// The model in `folder`: `int8.onnx` or else `model.onnx`, and `tokenizer.json`. Its name is the folder's.
    ///
    /// # Errors
    /// [`EmbedError::MissingFile`], [`EmbedError::Load`], and [`EmbedError::NotAnEncoder`] if the network does not take tokens or does not
    /// give a vector for each.
    pub fn from_folder(folder: &Path) -> Result<Self, EmbedError> {
        let is_int8 = folder.join("int8.onnx").is_file();
        let (file, precision) = if is_int8 { ("int8.onnx", "int8") } else { ("model.onnx", "fp32") };
        let network = read(folder, file)?;
        let tokenizer = read(folder, "tokenizer.json")?;
        let name = folder.file_name().map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned());
        let files = ModelFiles { name, precision, tokenizer: &tokenizer };
        let fingerprint = fingerprint(&files, &network);
        Self::assemble(&files, Network::load(network)?, fingerprint)
    }

    fn assemble(files: &ModelFiles<'_>, network: Network, fingerprint: String) -> Result<Self, EmbedError> {
        let tokenizer = TextTokenizer::load(files.tokenizer)?;
        tracing::info!(model.fingerprint = %fingerprint, "loaded embedding model `{}`", files.name);
        Ok(Self { tokenizer, network, fingerprint })
    }
}

impl Embedder for MiniLm {
    fn dimensions(&self) -> usize {
        self.network.dimensions()
    }

    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn max_tokens(&self) -> usize {
        TEXT_TOKENS_MAX
    }

    fn embed_with(&self, texts: &[&str], effort: Effort) -> Result<Vec<Vec<f32>>, EmbedError> {
        let tokens = texts.iter().map(|text| self.tokenizer.tokens(text)).collect::<Result<Vec<_>, _>>()?;
        let lengths: Vec<usize> = tokens.iter().map(Vec::len).collect();
        let mut vectors = vec![Vec::new(); texts.len()];
        for batch in batches::plan(&lengths) {
            let rows: Vec<&[u32]> = batch.iter().map(|&text| tokens[text].as_slice()).collect();
            for (text, vector) in batch.into_iter().zip(self.network.run(&rows, effort)?) {
                vectors[text] = vector;
            }
        }
        Ok(vectors)
    }
}

/// What makes two models' vectors comparable: the weights, their precision, and how text is cut into tokens.
fn fingerprint(files: &ModelFiles<'_>, network: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(network);
    hash.update(files.tokenizer);
    let hash = hash.finalize();
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}/{}/sha256:{hex}", files.name, files.precision)
}

fn read(folder: &Path, file: &'static str) -> Result<Vec<u8>, EmbedError> {
    let path = folder.join(file);
    if !path.is_file() {
        return Err(EmbedError::MissingFile { folder: folder.to_owned(), file });
    }
    std::fs::read(path).map_err(|error| load_error(file, error))
}

fn load_error(part: &'static str, source: impl Into<BoxError>) -> EmbedError {
    EmbedError::Load { part, source: source.into() }
}

#[cfg(feature = "model")]
mod bundled {
    use super::{MiniLm, ModelFiles, Network, fingerprint};
    use crate::EmbedError;

    static NETWORK: &[u8] = include_bytes!("../assets/int8.onnx");
    static TOKENIZER: &[u8] = include_bytes!("../assets/tokenizer.json");

    pub(super) fn model() -> Result<MiniLm, EmbedError> {
        let files = ModelFiles { name: "all-MiniLM-L6-v2".to_owned(), precision: "int8", tokenizer: TOKENIZER };
        let fingerprint = fingerprint(&files, NETWORK);
        MiniLm::assemble(&files, Network::load_static(NETWORK)?, fingerprint)
    }
}

#[cfg(not(feature = "model"))]
mod bundled {
    use super::MiniLm;
    use crate::EmbedError;

    pub(super) fn model() -> Result<MiniLm, EmbedError> {
        Err(EmbedError::NoModel)
    }
}
