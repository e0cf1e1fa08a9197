//! Forms of files by their names: which look like weights, what is known of each, and which are a trainer's own states.
//!
//! A name is a hint. It decides what is opened and what is named as not opened, and nothing else.

use crate::text::{Says, says};

/// A form in which weights are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// safetensors.
    Safetensors,
    /// What `torch.save` writes.
    Torch,
    /// GGUF.
    Gguf,
    /// A form that is named and not read.
    Other(&'static str),
}

/// What is known of a form.
#[derive(Debug, Clone, Copy)]
pub struct FormRow {
    /// Endings of names, lower case, with their dot.
    pub endings: &'static [&'static str],
    /// The form.
    pub form: Form,
    /// What it is, Korean and English.
    pub ko: &'static str,
    /// What it is, in English.
    pub en: &'static str,
}

/// Every form that is known, by its endings. The first that fits decides.
pub(super) static FORMS: &[FormRow] = &[
    row(&[".safetensors"], Form::Safetensors, "safetensors", "safetensors"),
    row(&[".gguf"], Form::Gguf, "GGUF", "GGUF"),
    row(&[".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"], Form::Torch, "PyTorch", "PyTorch"),
    row(&[".onnx"], Form::Other("onnx"), "ONNX", "ONNX"),
    row(&[".onnx_data", ".onnx.data"], Form::Other("onnx-data"), "ONNX의 수", "numbers of an ONNX file"),
    row(&[".h5", ".hdf5", ".keras"], Form::Other("keras"), "Keras", "Keras"),
    row(&[".tflite"], Form::Other("tflite"), "TensorFlow Lite", "TensorFlow Lite"),
    row(&[".pb"], Form::Other("tensorflow"), "TensorFlow 그래프", "a TensorFlow graph"),
    row(&[".data-00000-of-00001", ".ckpt.index"], Form::Other("tensorflow-checkpoint"), "TensorFlow", "TensorFlow"),
    row(&[".msgpack"], Form::Other("flax"), "Flax", "Flax"),
    row(&[".nemo"], Form::Other("nemo"), "NeMo 묶음", "a NeMo archive"),
    row(&[".distcp"], Form::Other("distcp"), "PyTorch 분산 체크포인트", "a distributed PyTorch checkpoint"),
    row(&[".npz", ".npy"], Form::Other("numpy"), "NumPy", "NumPy"),
    row(&[".ot"], Form::Other("rust-torch"), "tch용 PyTorch", "PyTorch for tch"),
    row(&[".mar"], Form::Other("torchserve"), "TorchServe 묶음", "a TorchServe archive"),
    row(&[".mlmodel", ".mlpackage"], Form::Other("core-ml"), "Core ML", "Core ML"),
    row(&[".engine", ".plan", ".trt"], Form::Other("tensorrt"), "TensorRT", "TensorRT"),
    row(&[".pdparams", ".pdmodel", ".pdiparams"], Form::Other("paddle"), "PaddlePaddle", "PaddlePaddle"),
    row(&[".ggml", ".ggjt"], Form::Other("ggml"), "옛 GGML", "the older GGML"),
    row(&[".llamafile"], Form::Other("llamafile"), "llamafile", "a llamafile"),
    row(&[".task", ".litertlm"], Form::Other("litert"), "LiteRT 묶음", "a LiteRT bundle"),
    row(&[".pte"], Form::Other("executorch"), "ExecuTorch", "ExecuTorch"),
    row(&[".mnn"], Form::Other("mnn"), "MNN", "MNN"),
    row(&[".mindir", ".ms"], Form::Other("mindspore"), "MindSpore", "MindSpore"),
    row(&[".caffemodel"], Form::Other("caffe"), "Caffe", "Caffe"),
    row(&[".npue", ".mxq", ".rbln"], Form::Other("npu"), "가속기용 파일", "a file for an accelerator"),
];

const fn row(endings: &'static [&'static str], form: Form, ko: &'static str, en: &'static str) -> FormRow {
    FormRow { endings, form, ko, en }
}

impl FormRow {
    /// What the form is, in both languages.
    pub fn says(&self) -> Says {
        says(self.ko, self.en)
    }
}

/// Words without which a `.bin`, `.pt` or pickle is not taken for weights by its name.
const NAMED: [&str; 9] =
    ["model", "weight", "consolidated", "checkpoint", "ckpt", "ggml", "projector", "lora", "embedding"];

/// What trainers and pipelines keep beside a model, by how the name begins.
const STATES: [&str; 9] = [
    "optimizer",
    "optim_states",
    "scheduler",
    "scaler",
    "rng_state",
    "random_states",
    "training_args",
    "trainer_state",
    "grad_scaler",
];

fn last_part(name: &str) -> String {
    name.rsplit('/').next().unwrap_or_default().trim().to_lowercase()
}

/// The numbers of a graph that lies beside them as XML; `.bin` like those of `PyTorch`, which is told by the name
/// alone.
static OPENVINO: FormRow = row(&[".bin"], Form::Other("openvino"), "OpenVINO", "OpenVINO");

/// The row of a file's form by its name.
pub fn row_of(name: &str) -> Option<&'static FormRow> {
    let last = last_part(name);
    if last.starts_with("openvino_") && last.rsplit('.').next() == Some("bin") {
        return Some(&OPENVINO);
    }
    FORMS.iter().find(|row| row.endings.iter().any(|end| last.ends_with(end) && last.len() > end.len()))
}

/// The form of a file by its name.
pub fn form_of(name: &str) -> Option<Form> {
    row_of(name).map(|row| row.form)
}

/// Whether a file is a trainer's own state by its name: no weights of the model.
pub fn is_trainer_state(name: &str) -> bool {
    let last = last_part(name);
    STATES.iter().any(|word| last.starts_with(word)) || last.contains("_optim_states.")
}

/// Whether a file looks like weights by its name. `.bin` and pickles hold anything, so their names must say so too.
pub fn is_weights(name: &str) -> bool {
    let last = last_part(name);
    match form_of(name) {
        _ if is_trainer_state(name) => false,
        None => false,
        Some(Form::Torch) if ![".pt", ".pth", ".ckpt"].iter().any(|end| last.ends_with(end)) => {
            NAMED.iter().any(|word| last.contains(word))
        }
        Some(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_weights_from_states() {
        for name in [
            "model.safetensors",
            "unet/diffusion_pytorch_model.bin",
            "consolidated.00.pth",
            "m.GGUF",
            "model.nemo",
            "last.ckpt",
        ] {
            assert!(is_weights(name), "{name}");
        }
        for name in [
            "optimizer.pt",
            "checkpoint-5/rng_state_0.pth",
            "training_args.bin",
            "scaler.pt",
            "data.bin",
            "README.md",
            ".safetensors",
            "tokenizer.model",
            "global_step5/zero_pp_rank_0_mp_rank_00_optim_states.pt",
        ] {
            assert!(!is_weights(name), "{name}");
        }
        assert_eq!(form_of("x/m.safetensors"), Some(Form::Safetensors));
        assert_eq!(row_of("model.onnx_data").map(|row| row.en), Some("numbers of an ONNX file"));
    }

    #[test]
    fn endings_stand_once() {
        let mut all: Vec<&str> = FORMS.iter().flat_map(|row| row.endings.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
