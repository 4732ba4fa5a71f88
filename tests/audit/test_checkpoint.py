"""A checkpoint is a signed text that leaves the office: it opens unchanged, under its own key."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from audit.checkpoint import Checkpoint, Signer, _verifier, opened
from audit.seal import Head
from ledger.errors import InputError

SIGNER = Signer("fund-ledger/1", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
HEAD = Head(3, 99, bytes(range(32)), b"")


def test_the_text_is_a_signed_note_with_origin_size_and_root():
    text = SIGNER.sign(HEAD)
    body, signature = text.split("\n\n")
    assert body == "fund-ledger/1\n3\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert signature.startswith("— fund-ledger/1 ")
    assert len(base64.b64decode(signature.split(" ")[2])) == 4 + 64
    assert text == SIGNER.sign(HEAD)
    assert opened(text, SIGNER.verifier) == Checkpoint("fund-ledger/1", 3, HEAD.root)


def test_signatures_of_others_may_stand_beside_it():
    other = Signer("county-auditor", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    text = SIGNER.sign(HEAD)
    cosigned = text.replace("\n\n", "\n\n" + other.sign(HEAD).split("\n\n")[1], 1)
    assert opened(cosigned, SIGNER.verifier).size == 3


@pytest.mark.parametrize("origin", ["fund-ledger/1", "fund-ledger/2"])
def test_another_key_does_not_open_it(origin):
    other = Signer(origin, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    with pytest.raises(InputError) as refused:
        opened(other.sign(HEAD), SIGNER.verifier)
    assert refused.value.code == "checkpoint-forged"


def test_a_signature_over_another_origin_does_not_open_it():
    other = Signer("fund-ledger/2", SIGNER.key).sign(HEAD).split("\n\n")[0]
    signed = SIGNER.key.sign(f"{other}\n".encode())
    key_id = base64.b64decode(SIGNER.sign(HEAD).split()[-1])[:4]
    text = f"{other}\n\n— {SIGNER.origin} {base64.b64encode(key_id + signed).decode()}\n"
    with pytest.raises(InputError, match="checkpoint-forged"):
        opened(text, SIGNER.verifier)


@given(st.integers(0), st.characters())
def test_no_character_can_be_changed(place, character):
    text = SIGNER.sign(HEAD)
    body = text.index("\n\n")
    at = place % body
    changed = text[:at] + character + text[at + 1 :]
    if changed != text:
        with pytest.raises(InputError):
            opened(changed, SIGNER.verifier)


@pytest.mark.parametrize("verifier", ["", "a+b+c", "fund-ledger/1+00000000+" + "A" * 44])
def test_a_verifier_must_be_one(verifier):
    with pytest.raises(InputError, match="checkpoint-invalid"):
        opened(SIGNER.sign(HEAD), verifier)


def test_keys_and_signatures_are_those_of_signed_notes():
    """The example of the package that signed notes come from (golang.org/x/mod/sumdb/note)."""
    name, public = _verifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    note = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    signed = base64.b64decode(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    assert (name, signed[:4].hex()) == ("PeterNeumann", "c74f20a3")
    Ed25519PublicKey.from_public_bytes(public).verify(signed[4:], note.encode())
