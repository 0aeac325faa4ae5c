package dev.sallyport.server.portal;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A call of the API that a page makes: nothing of the page's own request shows through but where it came from. */
final class InnerRequest extends HttpServletRequestWrapper {
    private static final String JSON = "application/json";

    private final ApiCall call;
    private final byte[] body;
    private final Map<String, Object> attributes = new TreeMap<>();
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    InnerRequest(HttpServletRequest page, ApiCall call, byte[] body) {
        super(page);
        this.call = call;
        this.body = body;
        headers.put("Accept", "*/*");
        if (call.body().isPresent()) {
            headers.put("Content-Type", JSON);
        }
        headers.putAll(call.headers());
    }

    @Override
    public String getMethod() {
        return call.method();
    }

    @Override
    public String getRequestURI() {
        return ApiCall.PREFIX + call.path();
    }

    @Override
    public String getServletPath() {
        return getRequestURI();
    }

    @Override
    public String getContextPath() {
        return "";
    }

    @Override
    public @Nullable String getPathInfo() {
        return null;
    }

    @Override
    public @Nullable String getQueryString() {
        String address = call.address();
        int mark = address.indexOf('?');
        return mark < 0 ? null : address.substring(mark + 1);
    }

    @Override
    public StringBuffer getRequestURL() {
        return new StringBuffer(getRequestURI());
    }

    // Parameters
    // ----------------------------------------------------------------------------------------------------------

    @Override
    public @Nullable String getParameter(String name) {
        return call.query().get(name);
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return call.query().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> new String[] {entry.getValue()}));
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(call.query().keySet());
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        String value = call.query().get(name);
        return value == null ? null : new String[] {value};
    }

    // Head
    // ----------------------------------------------------------------------------------------------------------

    @Override
    public @Nullable String getHeader(String name) {
        return headers.get(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        String value = headers.get(name);
        return Collections.enumeration(value == null ? List.of() : List.of(value));
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        return Collections.enumeration(headers.keySet());
    }

    @Override
    public long getDateHeader(String name) {
        return -1;
    }

    @Override
    public int getIntHeader(String name) {
        String value = headers.get(name);
        return value == null ? -1 : Integer.parseInt(value);
    }

    @Override
    public @Nullable String getContentType() {
        return headers.get("Content-Type");
    }

    @Override
    public String getCharacterEncoding() {
        return StandardCharsets.UTF_8.name().toLowerCase(Locale.ROOT);
    }

    // Attributes
    // ----------------------------------------------------------------------------------------------------------

    @Override
    public @Nullable Object getAttribute(String name) {
        return attributes.get(name);
    }

    @Override
    public Enumeration<String> getAttributeNames() {
        return Collections.enumeration(attributes.keySet());
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        if (value == null) {
            attributes.remove(name);
        } else {
            attributes.put(name, value);
        }
    }

    @Override
    public void removeAttribute(String name) {
        attributes.remove(name);
    }

    // Body
    // ----------------------------------------------------------------------------------------------------------

    @Override
    public int getContentLength() {
        return body.length;
    }

    @Override
    public long getContentLengthLong() {
        return body.length;
    }

    @Override
    public ServletInputStream getInputStream() {
        return new Body(new ByteArrayInputStream(body));
    }

    @Override
    public BufferedReader getReader() {
        return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
    }

    @Override
    public Collection<jakarta.servlet.http.Part> getParts() {
        return List.of();
    }

    private static final class Body extends ServletInputStream {
        private final ByteArrayInputStream bytes;

        Body(ByteArrayInputStream bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            return bytes.read(buffer, offset, length);
        }

        @Override
        public boolean isFinished() {
            return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("this body is read, not listened to");
        }
    }
}
