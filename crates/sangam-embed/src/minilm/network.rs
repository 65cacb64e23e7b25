//! The network on rten: the tokens of a text in, a unit vector out.

use std::sync::Arc;

use rten::{Dimension, Model, ModelOptions, NodeId, RunOptions, ThreadPool, ValueOrView};
use rten_tensor::{NdTensor, NdTensorView};

use super::load_error;
use crate::EmbedError;

/// A loaded network.
pub(super) struct Network {
    model: Model,
    ids: NodeId,
    mask: NodeId,
    /// Not every encoder distinguishes a first and a second text.
    types: Option<NodeId>,
    states: NodeId,
    dimensions: usize,
}

impl Network {
    pub(super) fn load(bytes: Vec<u8>) -> Result<Self, EmbedError> {
        Self::understand(options().load(bytes).map_err(|error| load_error("network", error))?)
    }

    #[cfg(feature = "model")]
    pub(super) fn load_static(bytes: &'static [u8]) -> Result<Self, EmbedError> {
        Self::understand(options().load_static_slice(bytes).map_err(|error| load_error("network", error))?)
    }

    fn understand(model: Model) -> Result<Self, EmbedError> {
        let input = |name: &str| model.find_node(name).filter(|id| model.input_ids().contains(id));
        let (Some(ids), Some(mask)) = (input("input_ids"), input("attention_mask")) else {
            return Err(not_an_encoder("it takes no `input_ids` and `attention_mask`"));
        };
        let types = input("token_type_ids");
        let states = model.find_node("last_hidden_state").or_else(|| model.output_ids().first().copied());
        let states = states.ok_or_else(|| not_an_encoder("it has no output"))?;
        let shape = model.node_info(states).and_then(|info| info.shape()).unwrap_or_default();
        let [_, _, Dimension::Fixed(dimensions)] = shape[..] else {
            return Err(not_an_encoder("its output is not a vector of fixed length for each token"));
        };
        Ok(Self { model, ids, mask, types, states, dimensions })
    }

    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The vector of one text with these tokens, at least one, run on `pool`.
    pub(super) fn run(&self, tokens: &[u32], pool: &Arc<ThreadPool>) -> Result<Vec<f32>, EmbedError> {
        let shape = [1, tokens.len()];
        let ids = NdTensor::from_fn(shape, |[_, token]| tokens[token] as i32);
        let mask = NdTensor::<i32, 2>::full(shape, 1);
        let mut inputs: Vec<(NodeId, ValueOrView)> = vec![(self.ids, ids.into()), (self.mask, mask.into())];
        if let Some(types) = self.types {
            inputs.push((types, NdTensor::<i32, 2>::zeros(shape).into()));
        }
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
        let [states] = self.model.run_n(inputs, [self.states], Some(options)).map_err(|error| run_error(&error))?;
        let states: NdTensorView<f32, 3> = (&states).try_into().map_err(|error| run_error(&error))?;
        Ok(self.mean(states.to_contiguous().data()))
    }

    /// The mean of the tokens' states, scaled to unit length.
    fn mean(&self, states: &[f32]) -> Vec<f32> {
        let mut sum = vec![0.0_f32; self.dimensions];
        for state in states.chunks_exact(self.dimensions) {
            for (sum, x) in sum.iter_mut().zip(state) {
                *sum += x;
            }
        }
        // Scaling to unit length makes dividing by the number of tokens needless.
        let norm = sum.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        sum.into_iter().map(|x| x / norm).collect()
    }
}

fn options() -> ModelOptions {
    let mut options = ModelOptions::with_all_ops();
    // Lays the weights out for the matrix kernels once instead of at every run.
    options.prepack_weights(true);
    options
}

fn not_an_encoder(reason: &str) -> EmbedError {
    EmbedError::NotAnEncoder { reason: reason.to_owned() }
}

/// Keeps the words only: errors of the runtime need not be `Send`.
fn run_error(error: &impl std::fmt::Display) -> EmbedError {
    EmbedError::Run { source: error.to_string().into() }
}
