/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import org.jspecify.annotations.Nullable;

/**
 * One stream of an HTTP/2 connection: a request with its answer, or a tunnel that a request asked
 * for. One thread.
 */
final class Http2Stream {

  /** Heap of this object with its ends and its place in the table. */
  private static final long BYTES = 48 + 2 * 96 + HeapSize.MAP_ENTRY;

  private final HttpProtocol protocol;
  private final Session session;
  final HttpTransaction transaction;
  private final Side client;
  private final Side server;

  /** What an extended CONNECT asks for (RFC 8441). */
  private String tunnelProtocol = "";

  /** What a tunnel carries. */
  private @Nullable StreamParser tunnel;

  /** One direction's message. */
  private static final class Side {
    final HeaderFields headers;
    boolean isHeadSeen;

    /** Whether fields of the head are unknown: the content may be anything. */
    boolean isHeadUnknown;

    /** Whether content is missing, nobody knows how much. */
    boolean isLost;

    boolean ended;
    @Nullable Message content;

    Side(HeapAccount account) {
      headers = new HeaderFields(account);
    }
  }

  Http2Stream(HttpProtocol protocol, Session session, HttpTransaction transaction) {
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
    session.decoded(fromClient, value);
    switch (name) {
      case ":method" -> transaction.method = value;
      case ":authority" -> transaction.host = value;
      case ":path" -> transaction.uri = UriText.unescape(value, weird -> session.weird(weird, ""));
      case ":status" -> status(HeaderFields.unsigned(value));
      case ":protocol" -> tunnelProtocol = value;
      case "grpc-status" -> transaction.grpcStatus = Math.max(0, HeaderFields.unsigned(value));
      default -> {
        HttpHeader header = HttpHeader.of(name);
        if (header != null) {
          side(fromClient).headers.set(header, value);
          if (fromClient) {
            transaction.requestHeader(session, header, value);
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

  /**
   * Ends a head or a trailer.
   *
   * @param unknownFields of its fields that were not understood
   */
  void headEnd(boolean fromClient, int unknownFields) {
    Side side = side(fromClient);
    transaction.unknownHeaders += unknownFields;
    if (!side.isHeadSeen) {
      side.isHeadUnknown = unknownFields > 0;
      boolean isTrailer = !fromClient && unknownFields == 0 && !isAnswered();
      side.isLost |= isTrailer; // the head was before it, with the content
    }
    side.isHeadSeen = true;
    if (!fromClient && isTunnel() && tunnel == null && transaction.status / 100 == 2) {
      beginTunnel();
    }
  }

  private boolean isAnswered() {
    return transaction.status != LogSchema.UNSET || transaction.infoStatus != LogSchema.UNSET;
  }

  private boolean isTunnel() {
    return "CONNECT".equals(transaction.method);
  }

  private void beginTunnel() {
    if (tunnelProtocol.equals("websocket")) {
      session.confirm(HttpProtocol.WEBSOCKET);
      tunnel =
          new WebSocketParser(
              session, protocol.webSocketLog, transaction, client.headers, server.headers);
    } else {
      tunnel = session.innerByContent();
    }
  }

  /** Takes content. */
  void data(boolean fromClient, Payload data) {
    if (tunnel != null) {
      tunnel.onData(fromClient, data);
      return;
    }
    Message content = content(fromClient);
    if (content == null) {
      count(fromClient, data.length());
    } else {
      content.data(data);
    }
  }

  /** Loses content. */
  void gap(boolean fromClient, long length) {
    if (length == 0) {
      return;
    }
    if (tunnel != null) {
      tunnel.onGap(fromClient, length);
      return;
    }
    Message content = content(fromClient);
    if (content == null) {
      count(fromClient, length);
    } else {
      content.gap(length);
    }
  }

  /** Loses what nobody knows the length of, perhaps the end. */
  void lose(boolean fromClient) {
    Side side = side(fromClient);
    if (!side.ended) {
      side.isLost = true;
      endContent(side);
      if (tunnel != null) {
        tunnel.onGap(fromClient, Integer.MAX_VALUE);
      }
    }
  }

  /** Messages of gRPC and of tunnels are no files, nor is what nobody knows the beginning of. */
  private @Nullable Message content(boolean fromClient) {
    Side side = side(fromClient);
    boolean isFile =
        side.isHeadSeen && !side.isHeadUnknown && !side.isLost && !isGrpc() && !isTunnel();
    if (side.content == null && isFile && (fromClient || isKindKnown(side))) {
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

  /** The answer to a request that was not seen may be a tunnel, which has no type. */
  private boolean isKindKnown(Side answer) {
    return client.isHeadSeen || answer.headers.has(HttpHeader.CONTENT_TYPE);
  }

  private boolean isGrpc() {
    return client.headers.mentions(HttpHeader.CONTENT_TYPE, "application/grpc")
        || server.headers.mentions(HttpHeader.CONTENT_TYPE, "application/grpc");
  }

  private void count(boolean fromClient, long length) {
    if (isTunnel()) {
      return;
    }
    if (fromClient) {
      transaction.requestBodyLength += length;
    } else {
      transaction.responseBodyLength += length;
    }
  }

  /** Ends one direction; returns whether the answer is complete. */
  boolean end(boolean fromClient) {
    Side side = side(fromClient);
    endContent(side);
    side.ended = true;
    return server.ended && (!isTunnel() || client.ended || tunnel == null);
  }

  private static void endContent(Side side) {
    if (side.content != null) {
      side.content.end();
      side.content = null;
    }
  }

  /** Ends both directions; lengths that are not known are not set. */
  void finish() {
    end(true);
    end(/* fromClient= */ false);
    if (tunnel != null) {
      tunnel.onFlowEnd();
      tunnel = null;
    }
    boolean isRequestKnown = client.isHeadSeen || transaction.method != null;
    if (client.isLost || !isRequestKnown || (client.isHeadUnknown && !isGrpc())) {
      transaction.requestBodyLength = LogSchema.UNSET;
    }
    if (server.isLost || (server.isHeadUnknown && !isGrpc())) {
      transaction.responseBodyLength = LogSchema.UNSET;
    }
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
