#!/usr/bin/env bash
# Signatures of this program are verified by model-signing, and its signatures by this program; evidence that cosign's
# form carries counts. Needs Python and its package index, or says what it lacks and ends with 0 and "ignored".
set -euo pipefail
binary=${1:-target/release/sovgrade}
binary=$(cd "$(dirname "$binary")" && pwd)/$(basename "$binary")
root=$(cd "$(dirname "$0")/.." && pwd)
venv=${SOVGRADE_VENV:-$root/target/interop}
passed=0 failed=0

check() { # name, wanted exit code, command
    local name=$1 wanted=$2 code=0
    shift 2
    "$@" > "$work/said" 2>&1 || code=$?
    if [ "$code" = "$wanted" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name: exit code $code instead of $wanted"
        sed 's/^/    /' "$work/said" | tail -12
    fi
}

if ! command -v python3 > /dev/null || ! command -v openssl > /dev/null; then
    echo "ignored: python3 or openssl is not here"
    exit 0
fi
if ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet 'model-signing>=1.1,<2' pyopenssl; } > /dev/null 2>&1; then
    echo "ignored: model-signing could not be installed"
    exit 0
fi
signing=$venv/bin/model_signing
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir -p model/part
printf -- '---\nlicense: mit\n---\n# Model\n' > model/README.md
printf '{}' > model/part/config.json
printf 'one two three' > model/notes.txt
openssl ecparam -name prime256v1 -genkey -noout -out ec.pem 2> /dev/null
openssl pkey -in ec.pem -pubout -out ec.pub
openssl genpkey -algorithm ed25519 -out ed.pem 2> /dev/null
openssl pkey -in ed.pem -pubout -out ed.pub
openssl ecparam -name prime256v1 -genkey -noout 2> /dev/null | openssl pkey -out other.pem
openssl pkey -in other.pem -pubout -out other.pub

# Theirs, here.
check "they sign" 0 "$signing" sign key model --signature model.sig --private_key ec.pem
check "we verify theirs" 0 "$binary" verify model.sig --model model --trust ec.pub
check "not by another key" 1 "$binary" verify model.sig --model model --trust other.pub
printf '!' >> model/notes.txt
check "a changed file is told" 1 "$binary" verify model.sig --model model --trust ec.pub
check "and told by them" 1 "$signing" verify key model --signature model.sig --public_key ec.pub
printf 'one two three' > model/notes.txt
touch model/more.txt
check "a file that was not signed is told" 1 "$binary" verify model.sig --model model --trust ec.pub
rm model/more.txt

# Ours, there.
check "we bundle and sign" 0 "$binary" bundle model -o it.zip --sign ec.pem
check "our submission holds" 0 "$binary" verify it.zip --model model --trust ec.pub
python3 -c "import zipfile; zipfile.ZipFile('it.zip').extractall('open')"
check "they verify ours" 0 "$signing" verify key model --signature open/signatures/model.sig --public_key ec.pub
printf '!' >> model/notes.txt
check "they see the change" 1 "$signing" verify key model --signature open/signatures/model.sig --public_key ec.pub
printf 'one two three' > model/notes.txt
check "sha256sum agrees" 0 bash -c 'cd open && sha256sum -c SHA256SUMS'

# Both kinds of keys, and a statement signed by openssl alone, as any tool would.
check "a pair of our own" 0 "$binary" key new own
check "openssl reads it" 0 openssl pkey -in own.key.pem -noout
check "Ed25519 signs" 0 "$binary" bundle model -o ed.zip --sign ed.pem
check "Ed25519 verifies" 0 "$binary" verify ed.zip --trust ed.pub
check "and not by another" 1 "$binary" verify ed.zip --trust ec.pub
printf '{"schema": "sovgrade/evidence/2", "subject": {"id": "m"}}' > e.json
python3 - << 'END'
import base64, hashlib, json, subprocess
digest = hashlib.sha256(open("e.json", "rb").read()).hexdigest()
statement = {"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "e.json", "digest": {"sha256": digest}}],
             "predicateType": "https://cosign.sigstore.dev/attestation/v1", "predicate": {"Data": "checked"}}
payload, kind = json.dumps(statement).encode(), "application/vnd.in-toto+json"
pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
open("pae", "wb").write(pae)
subprocess.run(["openssl", "dgst", "-sha256", "-sign", "ec.pem", "-out", "sig", "pae"], check=True)
json.dump({"payload": base64.b64encode(payload).decode(), "payloadType": kind,
           "signatures": [{"keyid": "", "sig": base64.b64encode(open("sig", "rb").read()).decode()}]}, open("e.json.sig", "w"))
END
check "an attestation made elsewhere vouches" 0 "$binary" grade model --evidence e.json --trust ec.pub
check "and not by another key" 2 "$binary" grade model --evidence e.json --trust other.pub

# Our signatures in the eyes of openssl.
check "we sign evidence" 0 "$binary" sign e.json --key ec.pem -o ours.sig
python3 - << 'END'
import base64, json
envelope = json.load(open("ours.sig"))["dsseEnvelope"]
payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"]
open("pae", "wb").write(b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload))
open("sig", "wb").write(base64.b64decode(envelope["signatures"][0]["sig"]))
END
check "openssl verifies ours" 0 openssl dgst -sha256 -verify ec.pub -signature sig pae
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
