package dev.sallyport.gateway.ssh;

import dev.sallyport.spi.gateway.Report;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A command that clients run to move files: {@code scp}, {@code rsync}, {@code git}, and the SFTP server by its path. */
record FileCommand(Program program, boolean upload) {
    enum Program {
        SCP,
        SFTP,
        /** Moves files in a protocol that is not read here. */
        OTHER
    }

    private static final List<String> GIT = List.of("git-upload-pack", "git-receive-pack", "git-upload-archive");

    /** Read as a client writes it; what a shell would make of quotes is of no interest, as nothing is allowed by it. */
    static Optional<FileCommand> of(String command) {
        String[] words = command.strip().split("\\s+", 64);
        String program = words[0].substring(words[0].lastIndexOf('/') + 1);
        List<String> rest = Arrays.asList(words).subList(1, words.length);
        if (program.equals("scp") && (has(rest, 't') || has(rest, 'f'))) {
            return Optional.of(new FileCommand(Program.SCP, has(rest, 't')));
        }
        if (program.equals("sftp-server") || program.equals("internal-sftp")) {
            return Optional.of(new FileCommand(Program.SFTP, false));
        }
        if (program.equals("rsync") && rest.contains("--server")) {
            return Optional.of(new FileCommand(Program.OTHER, !rest.contains("--sender")));
        }
        if (GIT.contains(program)) {
            return Optional.of(new FileCommand(Program.OTHER, program.equals("git-receive-pack")));
        }
        return Optional.empty();
    }

    /** Who reads along; nobody where the protocol is not known. */
    @Nullable
    ChannelWatch watch(Consumer<Report.What> reports, int channel) {
        return switch (program) {
            case SCP -> new ScpWatch(channel, upload, reports);
            case SFTP -> new SftpWatch(channel, reports);
            case OTHER -> null;
        };
    }

    private static boolean has(List<String> words, char option) {
        return words.stream()
                .takeWhile(word -> word.startsWith("-") && !word.equals("--"))
                .anyMatch(word -> !word.startsWith("--") && word.indexOf(option) > 0);
    }
}
