package sov
import rego.v1
permitted := {"Apache-2.0", "MIT", "CC-BY-4.0"}
c1 if input.model.license in permitted
c2 if input.model.country == "KR"
c3 if { every c in input.components { c.init == "random" } }
c4 if { every c in input.components { every r in c.evidence { r.similarity < 0.3 } } }
c5 if { every c in input.components { some r in c.evidence; r.method == "spectral" } }
c6 if { every c in input.components { c.params > 0; c.license in permitted } }
c7 if { some c in input.components; c.kind == "language"; c.tokenizer.trained }
c8 if { every c in input.components { every r in c.evidence { weak(r) } } }
weak(r) if r.layers_matched <= 4
weak(r) if r.aligned == false
c9 if { input.training.location == "KR"; input.training.code_released }
c10 if count([c | some c in input.components; c.init == "random"]) >= 2
c11 if { every c in input.components { overlap_ok(c) } }
overlap_ok(c) if c.kind == "projector"
overlap_ok(c) if c.tokenizer.overlap < 0.5
exact if { some c in input.components; some r in c.evidence; r.similarity > 0.9; r.method == "exact" }
c12 if not exact
default grade := 0
grade := count([1 | some ok in [c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12]; ok == true])
