/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.kubernetes;

import io.podtap.core.json.JsonReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to the API server, for one request after another. Every wait has an end:
 * connecting, the handshake, an answer's head, each read of its body and the whole body; a path
 * that has gone silent is found by TCP's own probes.
 *
 * @see "RFC 9112; tcp(7)"
 */
final class ApiConnection implements AutoCloseable {

  private static final int CONNECT_MS = 2_000;
  private static final int HANDSHAKE_MS = 5_000;
  private static final int HEAD_MS = 10_000;
  private static final int PROBE_AFTER_SECONDS = 2;
  private static final int PROBE_EVERY_SECONDS = 1;
  private static final int PROBES = 2;
  private static final int HEAD_LINES_MAX = 100;
  private static final int BUFFER_BYTES = 8_192;

  /**
   * An answer.
   *
   * @param status HTTP's code
   * @param retryAfterSeconds what the server asks for, 0 for nothing
   * @param body to be read before the next request
   * @param reusable whether the server lets the connection live on
   */
  record Answer(int status, int retryAfterSeconds, BodyInput body, boolean reusable) {}

  private final DeadlineSocket wire;
  private final SSLSocket secure;
  private final InputStream in;
  private final String authority;

  private ApiConnection(DeadlineSocket wire, SSLSocket secure, String authority)
      throws IOException {
    this.wire = wire;
    this.secure = secure;
    this.authority = authority;
    in = new BufferedInputStream(secure.getInputStream(), BUFFER_BYTES);
  }

  /**
   * Connects, to the first address of the host that answers.
   *
   * @param factory trusts the cluster's certificates
   */
  static ApiConnection open(ServiceAccount server, SSLSocketFactory factory) throws IOException {
    DeadlineSocket wire = connect(server);
    try {
      wire.allow(HANDSHAKE_MS, HANDSHAKE_MS);
      SSLSocket secure = (SSLSocket) factory.createSocket(wire, server.host(), server.port(), true);
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      secure.startHandshake();
      return new ApiConnection(wire, secure, server.authority());
    } catch (IOException | RuntimeException e) {
      wire.close();
      throw e;
    }
  }

  private static DeadlineSocket connect(ServiceAccount server) throws IOException {
    IOException failure = new IOException(server.host() + " has no address");
    for (InetAddress address : InetAddress.getAllByName(server.host())) {
      DeadlineSocket socket = new DeadlineSocket();
      try {
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, PROBE_AFTER_SECONDS);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, PROBE_EVERY_SECONDS);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
        socket.connect(new InetSocketAddress(address, server.port()), CONNECT_MS);
        return socket;
      } catch (IOException e) {
        socket.close();
        failure = e;
      }
    }
    throw failure;
  }

  /**
   * Asks and reads the answer's head.
   *
   * @param path with its query, encoded
   * @param sent the body of a POST, JSON; null for a GET
   * @param idleMs how long a read of the body may take
   * @param totalMs how long the whole body may take
   */
  Answer ask(String path, byte @Nullable [] sent, String token, int idleMs, long totalMs)
      throws IOException {
    String head =
        (sent == null ? "GET " : "POST ")
            + path
            + " HTTP/1.1\r\nHost: "
            + authority
            + "\r\nAuthorization: Bearer "
            + token
            + "\r\nAccept: application/json\r\nUser-Agent: podtap\r\n"
            + (sent == null
                ? ""
                : "Content-Type: application/json\r\nContent-Length: " + sent.length + "\r\n")
            + "\r\n";
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    if (sent != null) {
      request.writeBytes(sent);
    }
    wire.allow(HEAD_MS, HEAD_MS);
    secure.getOutputStream().write(request.toByteArray());
    Answer answer = head();
    wire.allow(idleMs, totalMs);
    return answer;
  }

  private Answer head() throws IOException {
    String[] words = BodyInput.line(in).split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.") || words[1].length() != 3) {
      throw new JsonReader.MalformedException("not an answer of HTTP/1.1");
    }
    int status = (int) number(words[1]);
    long length = BodyInput.TO_THE_END;
    int retryAfter = 0;
    boolean reusable = words[0].equals("HTTP/1.1");
    int lines = 0;
    for (String line = BodyInput.line(in); !line.isEmpty(); line = BodyInput.line(in)) {
      if (++lines > HEAD_LINES_MAX) {
        throw new JsonReader.MalformedException("too many lines in an answer's head");
      }
      int colon = Math.max(line.indexOf(':'), 0);
      String value = line.substring(colon + (colon > 0 ? 1 : 0)).strip();
      switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "content-length" ->
            length = length == BodyInput.CHUNKED ? length : Math.max(number(value), 0);
        case "transfer-encoding" -> length = BodyInput.CHUNKED;
        case "retry-after" -> retryAfter = Math.clamp(number(value), 0, 3_600);
        case "connection" -> reusable &= !value.equalsIgnoreCase("close");
        default -> {}
      }
    }
    if (status == 204 || status == 304) {
      length = 0;
    }
    return new Answer(status, retryAfter, new BodyInput(in, length), reusable);
  }

  private static long number(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Ends the connection without a word, which would wait for a peer that is away. Any thread. */
  @Override
  public void close() {
    try {
      wire.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
