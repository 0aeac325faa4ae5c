package dev.sallyport.spi.gateway;

import java.util.Optional;

/**
 * Where somebody wants to go and from where they come.
 *
 * @param login the account on the target; without one, the first that their grant gives
 * @param clientAddress the address the gateway's socket saw, never one that the client told
 * @param clientVersion the identification string of the client's program (RFC 4253, 4.2)
 */
public record Destination(String target, Optional<String> login, String clientAddress, String clientVersion) {}
