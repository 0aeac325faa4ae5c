package dev.sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import dev.sallyport.spi.gateway.Report;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParserFuzzTest {
    private static final int ROUNDS = Boolean.getBoolean("sallyport.long") ? 500_000 : 10_000;

    @Test
    void aUserNameHoldsLoginAndTarget() {
        assertThat(UserName.parse("deploy@web-1")).isEqualTo(new UserName(Optional.of("deploy"), "web-1"));
        assertThat(UserName.parse("a@b%web-1")).isEqualTo(new UserName(Optional.of("a@b"), "web-1"));
        assertThat(UserName.parse("web-1")).isEqualTo(new UserName(Optional.empty(), "web-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "a@", "@b", "a b@c", "a\u001b[2J@b", "a\u202e@b", "a\n@b"})
    void otherUserNamesAreRefused(String name) {
        assertThatThrownBy(() -> UserName.parse(name)).isInstanceOf(Refusal.class);
    }

    @Test
    void anyUserNameIsReadOrRefused() {
        var random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            try {
                UserName name = UserName.parse(new String(bytes, StandardCharsets.UTF_8));
                assertThat(name.target()).isNotEmpty();
            } catch (Refusal e) {
                assertThat(e.code()).isEqualTo("input.invalid-name");
            }
        }
    }

    @Test
    void sftpIsFollowedWhateverTheBytesAre() {
        var random = new Random(2);
        for (int round = 0; round < ROUNDS; round++) {
            var told = new ArrayList<Report.What>();
            var watch = new SftpWatch(1, told::add);
            byte[] client = session(random);
            byte[] target = answers(random);
            mutate(random, client);
            mutate(random, target);
            feed(random, client, watch::fromClient);
            feed(random, target, watch::fromTarget);
            watch.end();
            assertThat(told).hasSizeLessThan(10);
        }
    }

    @Test
    void scpIsFollowedWhateverTheBytesAre() {
        var random = new Random(3);
        for (int round = 0; round < ROUNDS; round++) {
            var told = new ArrayList<Report.What>();
            var watch = new ScpWatch(1, true, told::add);
            byte[] bytes =
                    "T1 0 1 0\nD0755 0 dir\nC0644 5 file\nhello\0C0600 0 empty\n\0E\n".getBytes(StandardCharsets.UTF_8);
            if (round > 0) {
                mutate(random, bytes);
            }
            feed(random, bytes, watch::fromClient);
            watch.end();
            if (round == 0) {
                assertThat(told)
                        .extracting(what -> ((Report.FileTouched) what).path())
                        .containsExactly("dir/file", "dir/empty");
            }
        }
    }

    @Test
    void anyCommandIsAFileCommandOrNot() {
        assertThat(FileCommand.of("scp -v -t -- /tmp/x")).contains(new FileCommand(FileCommand.Program.SCP, true));
        assertThat(FileCommand.of("/usr/bin/scp -rf x")).contains(new FileCommand(FileCommand.Program.SCP, false));
        assertThat(FileCommand.of("rsync --server --sender -l . x"))
                .contains(new FileCommand(FileCommand.Program.OTHER, false));
        assertThat(FileCommand.of("git-receive-pack 'x'")).contains(new FileCommand(FileCommand.Program.OTHER, true));
        assertThat(FileCommand.of("echo scp -t")).isEmpty();
        assertThat(FileCommand.of("")).isEmpty();
        assertThat(FileCommand.of("scp")).isEmpty();
    }

    /** A version, an open of a file for writing, two writes, a close, and a rename. */
    private static byte[] session(Random random) {
        var out = ByteBuffer.allocate(4096);
        frame(out, 1, body -> body.putInt(3));
        frame(
                out,
                3,
                body -> string(string(body.putInt(1), "/tmp/f").putInt(0x1a).putInt(0), ""));
        frame(out, 6, body -> string(string(body.putInt(2), "h").putLong(0), "hello"));
        frame(
                out,
                5,
                body -> string(body.putInt(3), "h").putLong(random.nextLong()).putInt(10));
        frame(out, 18, body -> string(string(body.putInt(4), "a"), "b"));
        frame(out, 4, body -> string(body.putInt(5), "h"));
        return array(out);
    }

    private static byte[] answers(Random random) {
        var out = ByteBuffer.allocate(4096);
        frame(out, 2, body -> body.putInt(3));
        frame(out, 102, body -> string(body.putInt(1), "h"));
        frame(out, 101, body -> body.putInt(2).putInt(0));
        frame(out, 103, body -> string(body.putInt(3), "x".repeat(random.nextInt(20))));
        frame(out, 101, body -> body.putInt(4).putInt(0));
        frame(out, 101, body -> body.putInt(5).putInt(0));
        return array(out);
    }

    private static void frame(ByteBuffer out, int type, java.util.function.Consumer<ByteBuffer> filler) {
        int start = out.position();
        out.putInt(0).put((byte) type);
        filler.accept(out);
        out.putInt(start, out.position() - start - 4);
    }

    private static ByteBuffer string(ByteBuffer out, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return out.putInt(bytes.length).put(bytes);
    }

    private static byte[] array(ByteBuffer out) {
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }

    private static void mutate(Random random, byte[] bytes) {
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
    }

    private interface Reader {
        void read(byte[] bytes, int offset, int length);
    }

    private static void feed(Random random, byte[] bytes, Reader reader) {
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(40));
            reader.read(bytes, at, length);
            at += length;
        }
    }
}
