package dev.sallyport.consulting;

import dev.sallyport.base.ItemId;
import dev.sallyport.base.RequestId;
import dev.sallyport.request.ServiceWords;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What a service is asked about one stage; the same in every attempt.
 *
 * @param nonce only here
 * @param hash SHA-256 of the text, in hexadecimal
 * @param text JSON, as it is sent
 * @param attempts those that were begun, this one included
 */
record Question(String id, ServiceWords.Stage stage, String nonce, String hash, String text, int attempts) {
    static Question of(ResultSet row) throws SQLException {
        return new Question(
                row.getString("id"),
                new ServiceWords.Stage(
                        new RequestId(row.getString("request_id")),
                        new ItemId(row.getString("item_id")),
                        row.getInt("stage"),
                        row.getString("service")),
                row.getString("nonce"),
                row.getString("hash"),
                row.getString("question"),
                row.getInt("attempts"));
    }

    byte[] body() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    String service() {
        return stage.service();
    }
}
