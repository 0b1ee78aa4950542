/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.LineEnds;
import io.podtap.sensor.parse.Pairing;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.http.HttpEnd.State;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Follows one connection of HTTP/1, or hands it on to {@link Http2Parser}. One thread. */
final class HttpParser implements StreamParser {

  /** Pieces looked at in a connection whose beginning was not seen. */
  private static final int LOOKS_MAX = 256;

  private static final int OK = 200;
  private static final int SWITCHING_PROTOCOLS = 101;

  private final HttpProtocol protocol;
  private final Session session;
  private final HttpEnd client;
  private final HttpEnd server;
  private final Transactions transactions;
  private final Pairing<HttpTransaction> pending;

  /** Whether this is HTTP inside HTTP, whose transactions belong to the one around it. */
  private final boolean isInside;

  private final RequestLine requestLine = new RequestLine();
  private final Persistence persistence;
  private final BodyLength body;
  private final Payload view = new Payload();
  private final LineEnds lineEnds = new LineEnds();
  private boolean begun;
  private int lookedAt;
  private boolean confirmed;
  private boolean failed;

  /** Whether messages are missing. */
  private boolean isLossy;

  /** Of a connection that was joined: what it is when it speaks HTTP/2, until that is known. */
  private @Nullable Http2Parser joined;

  /** What the connection carries from now on instead. */
  private @Nullable StreamParser inner;

  HttpParser(HttpProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.persistence = new Persistence(session);
    this.body = new BodyLength(session);
    this.client = new HttpEnd(true, session.account());
    this.server = new HttpEnd(/* isClient= */ false, session.account());
    Transactions around = protocol.around(session);
    this.isInside = around != null;
    this.transactions = around == null ? new Transactions(protocol, session) : around;
    this.pending = transactions.pending;
    if (session.flow().partial && !isInside) {
      client.state = State.LOST;
      server.state = State.LOST;
      joined = Http2Parser.joined(protocol, session);
      pending.loseRequests();
      isLossy = true;
    }
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    HttpEnd end = fromOriginator ? client : server;
    end.heard = true;
    while (!data.isEmpty() && !failed) {
      if (inner != null) {
        inner.onData(fromOriginator, data);
        return;
      }
      if (joined != null && end.state == State.LOST && isHttp2(joined, fromOriginator, data)) {
        return;
      }
      step(end, data);
    }
  }

  /** Lets the parser of HTTP/2 look at what may be in the middle of it. */
  private boolean isHttp2(Http2Parser other, boolean fromOriginator, Payload data) {
    other.onData(fromOriginator, view.wrap(data, 0, data.length()));
    if (other.isFound()) {
      inner = other;
      joined = null;
    }
    return inner != null;
  }

  private void step(HttpEnd end, Payload data) {
    if (end.isWithoutContent(data)) {
      messageEnd(end);
    }
    switch (end.state) {
      case START_LINE -> startLine(end, data);
      case HEADERS, TRAILER -> headerLine(end, data);
      case CONTENT -> {
        if (end.content(data, view)) {
          messageEnd(end);
        }
      }
      case CONTENT_UNTIL_END -> end.content(data, view);
      case CHUNK_SIZE -> chunkSize(end, data);
      case CHUNK -> {
        if (end.content(data, view)) {
          end.state = State.CHUNK_END;
        }
      }
      case CHUNK_END -> {
        if (end.lines.takeLine(data) != null || end.lines.isFull()) {
          end.state = State.CHUNK_SIZE;
        }
      }
      case LOST -> resume(end, data);
      case OFF -> data.skip(data.length());
    }
  }

  private void startLine(HttpEnd end, Payload data) {
    if (!end.isClient && persistence.isOld() && !confirmed && pending.pending() > 0) {
      oldAnswer();
      return;
    }
    Payload line = end.takeLine(session, lineEnds, data);
    if (line == null) {
      if (end.lines.isFull()) {
        notHttp(end);
      }
    } else if (end.isClient) {
      request(line);
    } else {
      answer(line);
    }
    if (end.state == State.OFF) {
      lineEnds.lookAtRest(session, data);
    }
  }

  private void request(Payload line) {
    if (line.isEmpty()) { // some clients send one too many (RFC 9112 section 2.2)
      session.weird("bad_HTTP_request", "");
      if (persistence.isRequestExpected()) {
        session.weird("empty_http_request", "");
      }
      return;
    }
    if (line.has(0, "PRI * HTTP/2.0") && (!begun || server.state == State.LOST)) {
      inner = Http2Parser.begun(protocol, session, server.state == State.LOST);
      return;
    }
    RequestLine.Kind kind = requestLine.read(line);
    if (!requestLine.version.isEmpty()) {
      persistence.requestVersion(requestLine.version);
    }
    if (kind != RequestLine.Kind.REQUEST) {
      boolean withVersion = kind == RequestLine.Kind.BAD_WITH_VERSION;
      session.weird(withVersion ? "bad_HTTP_request_with_version" : "bad_HTTP_request", "");
      if (persistence.isRequestExpected()) {
        notHttp(client);
      }
      return;
    }
    requestLine.noteWeirds(session, server.transaction != null);
    persistence.request();
    HttpTransaction transaction = begin();
    transaction.method = requestLine.method;
    transaction.uri = UriText.unescape(requestLine.uri, name -> session.weird(name, ""));
    protocol.tellRequest(session, transaction);
    requestLine.forget();
    transaction.account();
    transaction.isEntityOpen = true;
    client.beginHead(transaction);
  }

  private HttpTransaction begin() {
    begun = true;
    return transactions.begin(session);
  }

  private void answer(Payload line) {
    if (line.isEmpty()) {
      return; // some contents are longer than their lengths by a line end
    }
    if (!HttpTransaction.isAnswer(line)) {
      notHttp(server);
      return;
    }
    if (!line.has(0, RequestLine.KEYWORD)) {
      session.weird("lowercase_HTTP_keyword", "");
    }
    String version = RequestLine.version(line, 0);
    persistence.answerVersion(version);
    confirm();
    HttpTransaction transaction = pending.first();
    if (transaction == null) {
      if (!client.heard) {
        session.weird("HTTP_response_before_request", "", "");
      }
      begun = true;
      transaction = transactions.begun(session); // an answer whose request is not known
      transaction.isAlone = true;
      transaction.requestBodyLength =
          pending.isBroken() ? LogSchema.UNSET : transaction.requestBodyLength;
    }
    transaction.answer(line, version);
    transaction.account();
    transaction.isEntityOpen = true;
    server.transaction = transaction;
    server.state = State.HEADERS;
  }

  private void confirm() {
    if (!confirmed) {
      confirmed = true;
      session.confirm(HttpProtocol.SERVICE);
    }
  }

  /** An answer without a head, up to the end of the connection (RFC 1945 section 6). */
  private void oldAnswer() {
    HttpTransaction transaction = Objects.requireNonNull(pending.first());
    confirm();
    transaction.version = RequestLine.VERSION_0_9;
    transaction.status = 0;
    transaction.statusText = "<empty>";
    server.transaction = transaction;
    server.left = Long.MAX_VALUE;
    server.state = State.CONTENT_UNTIL_END;
    server.begin(session, protocol, -1);
  }

  private void headerLine(HttpEnd end, Payload data) {
    Payload line = end.takeLine(session, lineEnds, data);
    if (line == null) {
      if (end.lines.isFull()) {
        end.lines.clear(); // the rest counts as a line of its own
      }
      return;
    }
    if (!line.isEmpty()) {
      end.header(protocol, session, persistence, line, HeaderFields.isBlank(data.u8(0)));
    } else if (end.state == State.TRAILER) {
      messageEnd(end);
    } else if (end.isClient) {
      requestHeadEnd();
    } else {
      answerHeadEnd(data);
    }
  }

  private void requestHeadEnd() {
    HttpTransaction transaction = client.transaction;
    if (transaction == null) {
      client.state = State.START_LINE;
      return;
    }
    if (!transaction.written) {
      transaction.account();
    }
    body.read(client.headers, transaction, /* ofRequest= */ true, persistence.ofRequest());
    if (body.isChunked() || body.length() > 0) {
      client.beginContent(session, protocol, body);
    } else {
      messageEnd(client);
    }
  }

  private void answerHeadEnd(Payload rest) {
    HttpTransaction transaction = server.transaction;
    if (transaction == null) {
      server.state = State.START_LINE;
      return;
    }
    long status = transaction.status;
    body.read(server.headers, transaction, /* ofRequest= */ false, persistence.ofAnswer());
    if (status == SWITCHING_PROTOCOLS && server.headers.has(HttpHeader.UPGRADE)) {
      upgrade(transaction, rest);
    } else if ("CONNECT".equals(transaction.method) && status / 100 == 2) {
      connect(rest, status);
      protocol.enter(session, transactions);
      inner = session.innerByContent();
    } else if (transaction.isInformational()
        || status == 204
        || status == 304
        || "HEAD".equals(transaction.method)) {
      messageEnd(server);
    } else if (body.length() == 0 && !body.isChunked()) {
      messageEnd(server);
    } else {
      server.beginContent(session, protocol, body);
      server.mayHaveNoContent = isLossy && transaction.method == null;
    }
  }

  /** The client was led on to somewhere else; what follows is between it and that. */
  private void connect(Payload rest, long status) {
    if (!rest.isEmpty()) {
      session.weird("protocol_data_with_HTTP_CONNECT_reply", String.valueOf(rest.length()));
    }
    if (status == OK) {
      protocol.tunnels.discoverProxy(session.flow(), "Tunnel::HTTP");
    }
    messageEnd(server);
    client.finish();
    client.state = State.START_LINE;
  }

  private void upgrade(HttpTransaction transaction, Payload rest) {
    boolean webSocket = server.headers.mentions(HttpHeader.UPGRADE, "websocket");
    boolean http2 = server.headers.mentions(HttpHeader.UPGRADE, "h2c");
    if (!rest.isEmpty() && !http2) {
      session.weird("protocol_data_with_HTTP_upgrade_reply", String.valueOf(rest.length()));
    }
    if (webSocket) {
      session.confirm(HttpProtocol.WEBSOCKET);
      protocol.enter(session, transactions);
      inner =
          new WebSocketParser(
              session, protocol.webSocketLog, transaction, client.headers, server.headers);
    } else if (http2) {
      pending.remove(transaction);
      inner = Http2Parser.upgraded(protocol, session, transaction);
    } else {
      protocol.enter(session, transactions);
      inner = session.innerByContent();
    }
    server.finish();
  }

  private void chunkSize(HttpEnd end, Payload data) {
    Payload line = end.takeLine(session, lineEnds, data);
    if (line == null) {
      if (end.lines.isFull()) { // no size is that long
        messageEnd(end);
        end.state = State.LOST;
      }
      return;
    }
    end.beginChunk(session, line);
  }

  /** The message under way is complete, or will never be. */
  private void messageEnd(HttpEnd end) {
    HttpTransaction transaction = end.transaction;
    boolean keepHeaders = end.isClient && end.headers.has(HttpHeader.UPGRADE);
    if (!keepHeaders) {
      end.finish();
    } else if (end.message != null) {
      end.message.end(); // the answer may ask for what the request offered
      end.message = null;
    }
    end.state = State.START_LINE;
    if (transaction == null) {
      return;
    }
    transaction.isEntityOpen = false;
    if (end.isClient && transaction.written) {
      transactions.writeRest(session, transaction);
    } else if (end.isClient && !transaction.isPaired) {
      transactions.writeUnanswered(transaction);
    } else if (!end.isClient && !transaction.isInformational()) {
      if (transaction.isAlone) {
        pending.hear(session.nowNs());
      }
      pending.remove(transaction);
      protocol.write(transaction);
    }
  }

  /** What came is no message; one end may be wrong while the other makes sense. */
  private void notHttp(HttpEnd end) {
    HttpEnd other = end.isClient ? server : client;
    end.finish();
    end.lines.clear();
    if (isLossy && confirmed) {
      lose(end); // it was in the middle of one
      return;
    }
    end.state = State.OFF;
    if (confirmed || !end.isClient || other.state == State.OFF) {
      failed = true;
      session.violation(end.isClient ? "not a http request line" : "not a http reply line");
    }
  }

  private void resume(HttpEnd end, Payload data) {
    boolean begins = end.isClient ? RequestLine.isLikely(data) : data.begins("HTTP/1.");
    if (begins) {
      end.state = State.START_LINE;
      if (joined != null) {
        joined.release();
        joined = null;
      }
    } else {
      data.skip(data.length());
      if (!begun && ++lookedAt == LOOKS_MAX) {
        failed = true;
        session.violation("no http message");
      }
    }
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    HttpEnd end = fromOriginator ? client : server;
    if (inner != null) {
      inner.onGap(fromOriginator, length);
      return;
    }
    if (joined != null) {
      joined.onGap(fromOriginator, length);
    }
    if (end.isInContent() && length <= end.left && !end.mayHaveNoContent) {
      end.gap(length);
      if (end.left == 0 && end.state == State.CHUNK) {
        end.state = State.CHUNK_END;
      } else if (end.left == 0) {
        messageEnd(end);
      }
    } else if (end.state != State.OFF) {
      loseMessages(end, length);
    }
  }

  /** Which messages are missing is unknown, so answers cannot be told by their order. */
  private void loseMessages(HttpEnd end, long length) {
    isLossy = true;
    transactions.miss(length);
    if (!begun && joined == null) {
      joined = Http2Parser.joined(protocol, session);
    }
    end.lines.clear();
    end.loseContent();
    if (end.transaction != null) {
      messageEnd(end);
    }
    lose(end);
  }

  private void lose(HttpEnd end) {
    end.state = State.LOST;
    pending.lose(end.isClient);
  }

  @Override
  public void onEnd(boolean fromOriginator) {
    if (inner != null) {
      inner.onEnd(fromOriginator);
      return;
    }
    HttpEnd end = fromOriginator ? client : server;
    if (end.isClient && end.state == State.START_LINE && end.lines.held() > 0 && !failed) {
      step(end, LineEnds.lineFeed()); // the end of the connection ends the line, too
    }
    if (end.message != null) {
      end.message.endLine();
    }
    if (end.transaction != null) {
      messageEnd(end);
    }
    end.state = State.OFF;
  }

  @Override
  public void onFlowEnd() {
    if (inner != null) {
      inner.onFlowEnd();
    }
    if (client.transaction != null && !client.transaction.isPaired) {
      messageEnd(client); // such a request is written when it ends
    }
    client.finish();
    if (server.transaction != null) {
      messageEnd(server);
    }
    boolean isClearlyAsked = pending.pending() > 0 && persistence.ofRequest().startsWith("1");
    if (!confirmed && !failed && !server.heard && isClearlyAsked) {
      confirm(); // a request of version 1 that nobody answered is one, too
    }
    if (!isInside) {
      protocol.leave(session);
      pending.giveUp();
    }
  }
}
