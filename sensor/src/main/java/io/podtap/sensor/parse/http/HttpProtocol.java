/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.parse.http.content.Inflaters;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.FlowEvents;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import io.podtap.sensor.tunnel.TunnelRecorder;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** HTTP over TCP. */
public final class HttpProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("http");
  static final Service WEBSOCKET = Service.named("websocket", "WebSocket");

  private static final String METHOD_BYTES = Signature.bytes('A', 'Z') + "-_";

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 80, 81, 631, 1_080, 3_128, 8_000, 8_080, 8_888)
              .serverPorts(Transport.TCP, 50_051) // gRPC
              .originator(METHOD_BYTES, Signature.alone(HttpSignature::isRequest))
              .responder("H", Signature.alone(HttpSignature::isAnswer))
              .carries(WEBSOCKET, HttpSignature::isWebSocket)
              .middle(Declaration.ANY, Signature.alone(HttpSignature::isFrames))
              .originatorOnly(HttpSignature::isRequestHead)
              .responderOnly(HttpSignature::isAnswerHead)
              .traits(Trait.NEEDS_BEGINNING)
              .parsers((with, list) ->
                  list.add(new HttpProtocol(with.sink(), with.files(), with.tunnels()))),
          Declaration.of(WEBSOCKET)
              .traits(Trait.CARRIED, Trait.SEEN_BY_CARRIER, Trait.NEEDS_BEGINNING));

  /** After so many requests of a connection detections are told again what is still the same. */
  static final int REQUESTS_BETWEEN = 1_024;

  private final LogStream<HttpTransaction> log;
  final LogStream<WebSocketLog.Row> webSocketLog;
  final Files files;
  final TunnelRecorder tunnels;

  /** Told of every header when detections want them. */
  private final @Nullable FlowEvents headerEvents;

  /** Told of headers that name a program, when detections want them: the same ones once. */
  private final @Nullable FlowEvents softwareEvents;

  /** Told of every request line when detections want them. */
  private final @Nullable FlowEvents requestEvents;

  /** Told of the first request of a connection, and of one in {@value #REQUESTS_BETWEEN}. */
  private final @Nullable FlowEvents serverEvents;

  final Inflaters inflaters = new Inflaters();

  /** Connections whose HTTP carries something inside. */
  private final IdentityHashMap<Flow, Transactions> around = new IdentityHashMap<>();

  /**
   * Opens {@code http.log} and {@code websocket.log}.
   *
   * @param tunnels told of connections that a proxy was asked to lead on
   */
  public HttpProtocol(LogSink sink, Files files, TunnelRecorder tunnels) {
    this.tunnels = tunnels;
    this.log = sink.open(HttpLog.schema());
    this.headerEvents = FlowEvents.of(sink, "http_header");
    this.softwareEvents = FlowEvents.of(sink, "http_software");
    this.requestEvents = FlowEvents.of(sink, "http_request");
    this.serverEvents = FlowEvents.of(sink, "http_server");
    this.webSocketLog = sink.open(WebSocketLog.schema());
    this.files = files;
  }

  /** Tells detections of a request, when they want to hear of it. */
  void tellRequest(Session session, HttpTransaction transaction) {
    if (requestEvents != null) {
      requestEvents.tell(
          session.flow(),
          /* fromOriginator= */ true,
          Objects.requireNonNullElse(transaction.method, ""),
          Objects.requireNonNullElse(transaction.uri, ""),
          /* number= */ 0);
    }
    if (serverEvents != null && transaction.depth % REQUESTS_BETWEEN == 1) {
      serverEvents.tell(session.flow(), /* fromOriginator= */ true, "", "", transaction.depth);
    }
  }

  /** Tells detections of a header, its name in upper case, when they want to hear of it. */
  void tellHeader(Session session, HttpEnd end, Payload line) {
    boolean isNew = softwareEvents != null && isSoftware(line) && end.isNewSoftware(line);
    int colon = headerEvents != null || isNew ? line.indexOf(':', 0) : -1;
    if (colon <= 0) {
      return;
    }
    String name = line.text(0, colon).strip().toUpperCase(Locale.ROOT);
    String value = line.text(colon + 1, line.length()).strip();
    if (headerEvents != null) {
      headerEvents.tell(session.flow(), end.isClient, name, value, /* number= */ 0);
    }
    if (isNew && softwareEvents != null) {
      softwareEvents.tell(session.flow(), end.isClient, name, value, /* number= */ 0);
    }
  }

  /** Returns whether a header may name the program of one end, by how it begins. */
  private static boolean isSoftware(Payload line) {
    return switch (line.u8(0) | 0x20) {
      case 's' -> line.hasIgnoringCase(0, "SERVER");
      case 'u' -> line.hasIgnoringCase(0, "USER-AGENT");
      case 'x' -> line.hasIgnoringCase(0, "X-POWERED-BY");
      case 'm' -> line.hasIgnoringCase(0, "MICROSOFTSHAREPOINT");
      default -> false;
    };
  }

  /** Notes that the HTTP of a connection carries something inside from now on. */
  void enter(Session session, Transactions transactions) {
    if (around.putIfAbsent(session.flow(), transactions) == null) {
      session.account().take(HeapSize.MAP_ENTRY);
    }
  }

  /** Notes that the connection is over. */
  void leave(Session session) {
    around.remove(session.flow());
  }

  /** Returns the transactions of the HTTP around, or null when there is none. */
  @Nullable Transactions around(Session session) {
    Transactions known = around.isEmpty() ? null : around.get(session.flow());
    return known != null && known.areOf(session) ? known : null;
  }

  /** Writes the record of a request, with or without its answer, once. */
  void write(HttpTransaction transaction) {
    if (transaction.written) {
      return;
    }
    transaction.release();
    transaction.written = true;
    log.write(transaction);
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  /** Connections live for long: a tap that comes later still sees their next requests. */
  @Override
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new HttpParser(this, session);
  }
}
