//! The other engines. Each function compiles the rules, prepares the model and gives back one run.

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::RegoVM;
use serde_json::Value;
use zen_expression::expression::Standard;
use zen_expression::vm::VM;
use zen_expression::{Expression, Variable};

const CEL: [&str; 12] = [
    "model.license in ['Apache-2.0','MIT','CC-BY-4.0']",
    "model.country == 'KR'",
    "components.all(c, c.init == 'random')",
    "components.all(c, c.evidence.all(r, r.similarity < 0.3))",
    "components.all(c, c.evidence.exists(r, r.method == 'spectral'))",
    "components.all(c, c.params > 0 && c.license in ['Apache-2.0','MIT','CC-BY-4.0'])",
    "components.exists(c, c.kind == 'language' && c.tokenizer.trained)",
    "components.all(c, c.evidence.all(r, r.layers_matched <= 4 || r.aligned == false))",
    "training.location == 'KR' && training.code_released",
    "size(components.filter(c, c.init == 'random')) >= 2",
    "components.all(c, c.kind == 'projector' || c.tokenizer.overlap < 0.5)",
    "!components.exists(c, c.evidence.exists(r, r.similarity > 0.9 && r.method == 'exact'))",
];

const ZEN: [&str; 12] = [
    "model.license in ['Apache-2.0','MIT','CC-BY-4.0']",
    "model.country == 'KR'",
    "all(components, #.init == 'random')",
    "all(components, all(#.evidence, #.similarity < 0.3))",
    "all(components, some(#.evidence, #.method == 'spectral'))",
    "all(components, #.params > 0 and #.license in ['Apache-2.0','MIT','CC-BY-4.0'])",
    "some(components, #.kind == 'language' and #.tokenizer.trained)",
    "all(components, all(#.evidence, #.layers_matched <= 4 or #.aligned == false))",
    "training.location == 'KR' and training.code_released",
    "len(filter(components, #.init == 'random')) >= 2",
    "all(components, #.kind == 'projector' or #.tokenizer.overlap < 0.5)",
    "none(components, some(#.evidence, #.similarity > 0.9 and #.method == 'exact'))",
];

/// Twelve expressions, one virtual machine that is used again.
pub fn zen(input: &Value) -> impl FnMut() -> usize + use<> {
    let compiled: Vec<_> = ZEN.iter().map(|text| zen_expression::compile_expression(text).expect("compiles")).collect();
    let input = Variable::from(input);
    let mut vm = VM::new();
    move || {
        let holds = |e: &Expression<Standard>, vm: &mut VM| {
            matches!(e.evaluate_with(input.clone(), vm), Ok(Variable::Bool(true)))
        };
        compiled.iter().filter(|expression| holds(expression, &mut vm)).count()
    }
}

/// One policy, compiled for the virtual machine.
pub fn rego(input: &Value) -> impl FnMut() -> usize + use<> {
    let mut engine = regorus::Engine::new();
    engine.add_policy("twelve.rego".to_owned(), include_str!("../twelve.rego").to_owned()).expect("a policy");
    let compiled = engine.compile_with_entrypoint(&"data.sov.grade".into()).expect("compiles");
    let program = Compiler::compile_from_policy(&compiled, &["data.sov.grade"]).expect("compiles");
    let mut vm = RegoVM::new_with_policy(compiled);
    vm.load_program(program);
    let input = regorus::Value::from(input.clone());
    move || {
        vm.set_input(input.clone());
        let held = vm.execute().expect("runs");
        usize::try_from(held.as_u64().expect("a count")).expect("small")
    }
}

/// Twelve programs over one context.
pub fn cel(input: &Value) -> impl FnMut() -> usize + use<> {
    let env = std::sync::Arc::new(cel::Env::stdlib());
    let programs: Vec<_> = CEL.iter().map(|text| env.compile(text).expect("compiles")).collect();
    let mut context = cel::Context::with_env(env);
    for (name, value) in input.as_object().expect("a mapping") {
        context.add_variable_from_value(name.as_str(), cel::to_value(value).expect("a value"));
    }
    move || programs.iter().filter(|p| matches!(p.execute(&context), Ok(cel::Value::Bool(true)))).count()
}
