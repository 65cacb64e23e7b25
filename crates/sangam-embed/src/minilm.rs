//! The default embedder: a BERT of six layers, averaged over its tokens, on the CPU.

mod network;
mod tokens;
mod workers;

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::BoxError;
use crate::{Effort, EmbedError, Embedder};
use network::Network;
use tokens::TextTokenizer;
use workers::Workers;

pub use tokens::TEXT_TOKENS_MAX;

/// all-MiniLM-L6-v2, or another sentence encoder of its build, in a folder.
///
/// A vector is the mean of the last layer over the text's tokens, scaled to unit length. Each text runs through the network
/// alone: the int8 network measures the range of its activations over all that runs together, so that in a batch a
/// text's vector would change with its neighbours (measured: cosine 0.996 on average and 0.979 at worst to what it is alone, as much
/// as the quantisation itself costs). Alone, the same text has the same vector always, as a query too.
pub struct MiniLm {
    tokenizer: TextTokenizer,
    network: Network,
    workers: Workers,
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
        Ok(Self { tokenizer, network, workers: Workers::new(), fingerprint })
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
        self.workers.map(texts.len(), effort, |text, pool| {
            let tokens = self.tokenizer.tokens(texts[text])?;
            self.network.run(&tokens, pool)
        })
    }
}

/// What makes two models' vectors comparable: the weights, their precision, and how text is cut into tokens.
fn fingerprint(files: &ModelFiles<'_>, network: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(network);
    hash.update(files.tokenizer);
    format!("{}/{}/sha256:{:x}", files.name, files.precision, hash.finalize())
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
