/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.kubernetes;

import io.podtap.core.json.JsonReader;
import io.podtap.core.text.PlainText;
import io.podtap.core.trust.Anchors;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks the API server, with the token and the certificates as they are at that moment, over one
 * connection that is kept while it can be. One thread; {@link #close} from any.
 */
public final class ApiClient implements AutoCloseable {

  private static final int MESSAGE_LENGTH_MAX = 300;

  private final ServiceAccount account;
  private byte[] certificates = new byte[0];
  private String tokenUsed = "";
  private @Nullable SSLSocketFactory factory;
  private volatile @Nullable ApiConnection connection;
  private ApiConnection.@Nullable Answer answer;
  private volatile boolean closed;

  /** Makes a client that has not connected. */
  public ApiClient(ServiceAccount account) {
    this.account = account;
  }

  /**
   * Asks.
   *
   * @param path with its query, encoded
   * @param rule what a Role must allow, for the message when it does not
   * @param idleMs how long a read of the body may take
   * @param totalMs how long the whole body may take
   * @return the body of an answer 200, to be read before the next request
   */
  public BodyInput get(String path, AccessRule rule, int idleMs, long totalMs) throws ApiException {
    return request(path, /* sent= */ null, rule, idleMs, totalMs);
  }

  /**
   * Creates an object.
   *
   * @param path of its kind, encoded
   * @param sent the object, JSON
   * @param rule what a Role must allow, for the message when it does not
   * @param idleMs how long a read of the answer may take
   * @param totalMs how long the whole answer may take
   */
  public void post(String path, byte[] sent, AccessRule rule, int idleMs, long totalMs)
      throws ApiException {
    BodyInput answered = request(path, sent, rule, idleMs, totalMs);
    try {
      answered.transferTo(OutputStream.nullOutputStream()); // so that the connection stays usable
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private BodyInput request(
      String path, byte @Nullable [] sent, AccessRule rule, int idleMs, long totalMs)
      throws ApiException {
    try {
      ApiConnection.Answer given = ask(path, sent, idleMs, totalMs);
      if (given.status() == 401 && !account.token().equals(tokenUsed)) { // replaced meanwhile
        drop();
        given = ask(path, sent, idleMs, totalMs);
      }
      if (given.status() == (sent == null ? 200 : 201)) {
        return given.body();
      }
      throw refusal(given, rule);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private ApiConnection.Answer ask(String path, byte @Nullable [] sent, int idleMs, long totalMs)
      throws IOException, ApiException {
    String token = account.token();
    tokenUsed = token;
    ApiConnection kept = connection;
    ApiConnection.Answer before = answer;
    if (kept != null && before != null && before.reusable() && before.body().isComplete()) {
      try {
        return remember(kept.ask(path, sent, token, idleMs, totalMs));
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        drop(); // the server has closed it while it was idle: a new one
      }
    }
    drop();
    SSLSocketFactory trusting = trust();
    ApiConnection opened = ApiConnection.open(account, trusting);
    connection = opened;
    if (closed) {
      drop();
    }
    return remember(opened.ask(path, sent, token, idleMs, totalMs));
  }

  private ApiConnection.Answer remember(ApiConnection.Answer given) {
    answer = given;
    return given;
  }

  /** Trusts the certificates in the file as it is now, and nothing else. */
  private SSLSocketFactory trust() throws IOException, ApiException {
    byte[] read = account.certificates();
    SSLSocketFactory known = factory;
    if (known != null && Arrays.equals(read, certificates)) {
      return known;
    }
    try {
      SSLSocketFactory made = Anchors.client(Anchors.parse(read)).getSocketFactory();
      factory = made;
      certificates = read;
      return made;
    } catch (GeneralSecurityException e) {
      throw new ApiException(
          ApiFailure.NO_CREDENTIALS,
          account.folder().resolve("ca.crt") + " does not hold certificates: " + e.getMessage());
    }
  }

  private ApiException refusal(ApiConnection.Answer given, AccessRule rule) {
    String message = message(given.body());
    drop();
    String server = "API server " + account.authority();
    return switch (given.status()) {
      case 401 ->
          new ApiException(
              ApiFailure.UNAUTHORIZED,
              server + " does not accept the token in " + account.folder() + " (401)");
      case 403 -> new ApiException(ApiFailure.FORBIDDEN, rule.missing(message));
      case 410 -> new ApiException(ApiFailure.EXPIRED, server + ": 410 " + message);
      case 429 ->
          new ApiException(
              ApiFailure.THROTTLED,
              server + " is overloaded (429)",
              Math.max(given.retryAfterSeconds(), 1));
      default ->
          new ApiException(
              ApiFailure.REFUSED,
              server + " answers " + given.status() + ' ' + message,
              given.retryAfterSeconds());
    };
  }

  /** Reads the message of a {@code Status}, as far as there is one. */
  private static String message(BodyInput body) {
    String message = "";
    try {
      JsonReader json = new JsonReader(body);
      if (json.follows() && json.enterObject()) {
        while (json.more()) {
          if (json.name().equals("message")) {
            message = PlainText.of(json.text(), MESSAGE_LENGTH_MAX);
          } else {
            json.skip();
          }
        }
      }
    } catch (IOException e) {
      return message; // an answer without a Status: its code has to do
    }
    return message;
  }

  /** Says what became of a connection, and forgets it. */
  public ApiException failure(IOException e) {
    drop();
    String text =
        "API server "
            + account.authority()
            + ": "
            + PlainText.of(String.valueOf(e.getMessage()), MESSAGE_LENGTH_MAX);
    return new ApiException(
        switch (e) {
          case SocketTimeoutException _ -> ApiFailure.TIMEOUT;
          case SSLException ssl when ssl.getCause() instanceof SocketTimeoutException ->
              ApiFailure.TIMEOUT;
          case javax.net.ssl.SSLHandshakeException ssl
              when ssl.getCause() instanceof GeneralSecurityException ->
              ApiFailure.TLS;
          case JsonReader.MalformedException _ -> ApiFailure.MALFORMED;
          default -> ApiFailure.UNREACHABLE;
        },
        text);
  }

  /** Leaves the present connection: the next request has a new one. */
  public void drop() {
    ApiConnection open = connection;
    connection = null;
    answer = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    ApiConnection open = connection;
    if (open != null) {
      open.close();
    }
  }
}
