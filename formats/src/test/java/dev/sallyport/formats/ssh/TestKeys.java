package dev.sallyport.formats.ssh;

/** Public halves of security keys, which no program can make without the hardware. */
final class TestKeys {
    static final SshPublicKey SK_ED25519 = SshPublicKey.ofBlob(new SshWriter(128)
            .string(SshKeyType.SK_ED25519.algorithm())
            .string(SshKeys.generateEd25519(null)
                    .publicKey()
                    .fields()
                    .nested("key")
                    .rest())
            .string("ssh:")
            .toBytes());

    private TestKeys() {}

    static SshPublicKey skEcdsa() {
        var out = new SshWriter(256).string(SshKeyType.SK_ECDSA_P256.algorithm());
        SshKeys.generateEcdsaP256(null).publicKey().writeFields(out);
        return SshPublicKey.ofBlob(out.string("ssh:").toBytes());
    }
}
