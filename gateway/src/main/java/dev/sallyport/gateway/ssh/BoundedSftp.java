package dev.sallyport.gateway.ssh;

import java.io.IOException;
import java.io.StreamCorruptedException;
import java.time.Duration;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.sftp.client.SftpErrorDataHandler;
import org.apache.sshd.sftp.client.SftpMessage;
import org.apache.sshd.sftp.client.SftpVersionSelector;
import org.apache.sshd.sftp.client.impl.DefaultSftpClient;
import org.apache.sshd.sftp.client.impl.DefaultSftpClientFactory;

/** MINA's SFTP client, for targets that are not trusted: no answer is kept that nobody asked for, or waited for long. */
final class BoundedSftp extends DefaultSftpClient {
    /** How long an answer may take. */
    static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

    // no initial values: the constructor of MINA's client sends and receives already
    private int asked;
    private int answered;

    private BoundedSftp(ClientSession session, SftpVersionSelector version, SftpErrorDataHandler errors)
            throws IOException {
        super(session, version, errors);
    }

    static BoundedSftp over(ClientSession session) throws IOException {
        return (BoundedSftp)
                Factory.INSTANCE.createSftpClient(session, SftpVersionSelector.CURRENT, SftpErrorDataHandler.EMPTY);
    }

    private static final class Factory extends DefaultSftpClientFactory {
        static final Factory INSTANCE = new Factory();

        @Override
        protected DefaultSftpClient createDefaultSftpClient(
                ClientSession session, SftpVersionSelector version, SftpErrorDataHandler errors) throws IOException {
            return new BoundedSftp(session, version, errors);
        }
    }

    @Override
    public SftpMessage write(int command, Buffer buffer) throws IOException {
        synchronized (this) {
            asked++;
        }
        return super.write(command, buffer);
    }

    @Override
    protected void process(Buffer incoming) throws IOException {
        synchronized (this) {
            answered++;
            if (answered > asked + 1) {
                throw new StreamCorruptedException("the target answers more than it was asked");
            }
        }
        super.process(incoming);
    }

    @Override
    public Buffer receive(int id, Duration idle) throws IOException {
        return super.receive(id, idle.compareTo(ANSWER_LIMIT) > 0 ? ANSWER_LIMIT : idle);
    }

    @Override
    public Buffer receive(int id) throws IOException {
        return receive(id, ANSWER_LIMIT);
    }
}
