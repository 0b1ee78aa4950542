package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Account;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import org.jspecify.annotations.Nullable;

/** One stream of an HTTP/2 connection: a request with its answer. One thread. */
final class Http2Stream {

  /** Heap of this object with its ends and its place in the table. */
  private static final long BYTES = 48 + 2 * 96 + HeapSize.MAP_ENTRY;

  private final HttpProtocol protocol;
  private final Session session;
  final Transaction transaction;
  private final Side client;
  private final Side server;

  /** One direction's message. */
  private static final class Side {
    final Headers headers;
    boolean ended;
    @Nullable Message content;

    Side(Account account) {
      headers = new Headers(account);
    }
  }

  Http2Stream(HttpProtocol protocol, Session session, Transaction transaction) {
    this.protocol = protocol;
    this.session = session;
    this.transaction = transaction;
    this.client = new Side(session.account());
    this.server = new Side(session.account());
    session.account().take(BYTES);
    transaction.version = "2";
  }

  /** Takes one field of a head or of a trailer. */
  void field(boolean fromClient, String name, String value) {
    switch (name) {
      case ":method" -> transaction.method = value;
      case ":authority" -> transaction.host = value;
      case ":path" -> transaction.uri = UriText.unescape(value, weird -> session.weird(weird, ""));
      case ":status" -> status(Headers.unsigned(value));
      case "grpc-status" -> transaction.grpcStatus = Math.max(0, Headers.unsigned(value));
      default -> {
        HttpHeader header = HttpHeader.of(name);
        if (header != null) {
          side(fromClient).headers.set(header, value);
          if (fromClient) {
            transaction.requestHeader(header, value);
          }
        }
      }
    }
  }

  private void status(long status) {
    if (status >= 100 && status < 200) {
      transaction.infoStatus = status;
    } else if (status >= 0) {
      transaction.status = status;
    }
  }

  /** Takes content. */
  void data(boolean fromClient, Payload data) {
    Message content = content(fromClient);
    if (content == null) {
      count(fromClient, data.length());
    } else {
      content.data(data);
    }
  }

  /** Loses content. */
  void gap(boolean fromClient, long length) {
    Message content = content(fromClient);
    if (content == null) {
      count(fromClient, length);
    } else {
      content.gap(length);
    }
  }

  /** Messages of gRPC are no files. */
  private @Nullable Message content(boolean fromClient) {
    Side side = side(fromClient);
    if (side.content == null && !isGrpc()) {
      side.content =
          new Message(
              session,
              protocol.files,
              transaction,
              fromClient,
              side.headers,
              side.headers.contentLength(),
              protocol.inflaters);
    }
    return side.content;
  }

  private boolean isGrpc() {
    return client.headers.mentions(HttpHeader.CONTENT_TYPE, "application/grpc")
        || server.headers.mentions(HttpHeader.CONTENT_TYPE, "application/grpc");
  }

  private void count(boolean fromClient, long length) {
    if (fromClient) {
      transaction.requestBodyLength += length;
    } else {
      transaction.responseBodyLength += length;
    }
  }

  /** Ends one direction; returns whether the answer is complete. */
  boolean end(boolean fromClient) {
    Side side = side(fromClient);
    if (side.content != null) {
      side.content.end();
      side.content = null;
    }
    side.ended = true;
    return server.ended;
  }

  /** Gives back what this holds: its record is written. */
  void release() {
    client.headers.clear();
    server.headers.clear();
    session.account().giveBack(BYTES);
  }

  private Side side(boolean fromClient) {
    return fromClient ? client : server;
  }
}
