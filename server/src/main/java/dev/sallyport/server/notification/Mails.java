package dev.sallyport.server.notification;

import dev.sallyport.base.Secret;
import dev.sallyport.notification.Channel;
import dev.sallyport.notification.Letter;
import dev.sallyport.notification.Undelivered;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.net.ssl.SSLException;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;

/** Sends mail over SMTP, always inside TLS. */
final class Mails {
    private static final String PLAIN = "smtp";

    private final Destinations destinations;
    private final Deadlines deadlines;
    private final LetterPages pages;
    private final Duration time;

    Mails(Destinations destinations, Deadlines deadlines, LetterPages pages, Duration time) {
        this.destinations = destinations;
        this.deadlines = deadlines;
        this.pages = pages;
        this.time = time;
    }

    void send(Channel.Mail mail, Optional<Secret> password, Letter letter) throws Undelivered {
        destinations.resolve(mail.host()); // says why, where the library would only say that it cannot connect
        try (var sockets = new GuardedSockets(destinations, deadlines, time, Trust.factory(mail.ca()))) {
            Session session = Session.getInstance(properties(mail, sockets));
            Message message = message(session, mail, letter);
            try (Transport transport = session.getTransport(PLAIN)) {
                transport.connect(
                        mail.host(),
                        mail.port(),
                        mail.user().orElse(null),
                        password.map(Secret::reveal).orElse(null));
                transport.sendMessage(message, message.getAllRecipients());
            }
        } catch (AddressException _) {
            throw Undelivered.forGood("an address is no mail address");
        } catch (AuthenticationFailedException _) {
            throw Undelivered.forGood(mail.host() + " did not accept user and password");
        } catch (SendFailedException e) {
            throw refused(mail, e);
        } catch (MessagingException e) {
            throw failed(mail, e);
        }
    }

    private Properties properties(Channel.Mail mail, GuardedSockets sockets) {
        var properties = new Properties();
        String millis = Long.toString(time.toMillis());
        properties.put("mail.smtp.connectiontimeout", Long.toString(Posting.CONNECT.toMillis()));
        properties.put("mail.smtp.timeout", millis);
        properties.put("mail.smtp.auth", Boolean.toString(mail.user().isPresent()));
        properties.put("mail.smtp.auth.mechanisms", "PLAIN LOGIN");
        properties.put("mail.smtp.sendpartial", "false");
        properties.put("mail.smtp.starttls.enable", Boolean.toString(mail.startTls()));
        properties.put("mail.smtp.starttls.required", Boolean.toString(mail.startTls()));
        properties.put("mail.smtp.ssl.enable", Boolean.toString(!mail.startTls()));
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.ssl.socketFactory", sockets.tls());
        properties.put("mail.smtp.socketFactory", sockets);
        properties.put("mail.smtp.localhost", "sallyport");
        return properties;
    }

    /** Every part goes through the library's encoding; titles and facts hold no control characters to begin with. */
    private MimeMessage message(Session session, Channel.Mail mail, Letter letter) throws MessagingException {
        String id = "<" + letter.id() + "@" + mail.from().substring(mail.from().indexOf('@') + 1) + ">";
        var message = new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", id);
            }
        };
        message.setFrom(address(mail.from()));
        message.setRecipients(Message.RecipientType.TO, recipients(mail, letter));
        message.setSubject(letter.story().title(), "UTF-8");
        message.setSentDate(Date.from(letter.happenedAt()));
        message.setHeader("Auto-Submitted", "auto-generated");
        message.setHeader("X-Sallyport-Id", letter.id());
        message.setHeader("X-Sallyport-News", letter.news().word());
        var text = new MimeBodyPart();
        text.setText(pages.text(letter), "UTF-8");
        var html = new MimeBodyPart();
        html.setContent(pages.html(letter), "text/html; charset=UTF-8");
        message.setContent(new MimeMultipart("alternative", text, html));
        message.saveChanges();
        return message;
    }

    private static Address[] recipients(Channel.Mail mail, Letter letter) throws AddressException {
        List<String> to = letter.address().map(List::of).or(mail::to).orElse(List.of());
        var addresses = new ArrayList<Address>();
        for (String each : to) {
            addresses.add(address(each));
        }
        return addresses.toArray(Address[]::new);
    }

    /** Exactly one bare address, with nothing around it. */
    private static InternetAddress address(String text) throws AddressException {
        InternetAddress[] parsed = InternetAddress.parse(text, true);
        if (parsed.length != 1 || !text.equals(parsed[0].getAddress())) {
            throw new AddressException("not one address");
        }
        parsed[0].validate();
        return parsed[0];
    }

    private static Undelivered refused(Channel.Mail mail, SendFailedException e) {
        for (Exception next = e;
                next != null;
                next = next instanceof MessagingException inner ? inner.getNextException() : null) {
            int code = switch (next) {
                case SMTPAddressFailedException address -> address.getReturnCode();
                case SMTPSendFailedException send -> send.getReturnCode();
                default -> 0;
            };
            if (code >= 500) {
                return Undelivered.forGood(mail.host() + " refused the mail with " + code);
            }
            if (code >= 400) {
                return Undelivered.now(mail.host() + " put the mail off with " + code);
            }
        }
        return Undelivered.now(mail.host() + " did not take the mail");
    }

    private static Undelivered failed(Channel.Mail mail, MessagingException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return Undelivered.now("TLS with " + mail.host()
                        + " failed: its certificate is not trusted for this name, or it speaks no TLS 1.2");
            }
        }
        String said = String.valueOf(e.getMessage());
        return said.contains("STARTTLS")
                ? Undelivered.forGood(mail.host() + " offers no STARTTLS, and nothing is sent without TLS")
                : Undelivered.now("the connection to " + mail.host() + " failed, or was too slow");
    }
}
