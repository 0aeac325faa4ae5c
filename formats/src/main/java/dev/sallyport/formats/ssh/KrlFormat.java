package dev.sallyport.formats.ssh;

/** The numbers of PROTOCOL.krl. */
final class KrlFormat {
    static final long MAGIC = 0x5353484b524c0a00L;
    static final int VERSION = 1;

    static final int CERTIFICATES = 1;
    static final int EXPLICIT_KEY = 2;
    static final int SHA1 = 3;
    static final int SIGNATURE = 4;
    static final int SHA256 = 5;
    static final int EXTENSION = 255;

    static final int KEY_ID = 0x23;
    static final int CERTIFICATE_EXTENSION = 0x39;

    static final int COMMENT_MAX = 1024;

    private KrlFormat() {}
}
