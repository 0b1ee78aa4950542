/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.Conversation;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowKey;
import io.podtap.sensor.flow.FlowTable;
import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.flow.UidSource;
import io.podtap.sensor.notice.content.ContentRow;
import io.podtap.sensor.notice.content.ContentWatch;
import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.MessageParser;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.ExtractionCounts;
import io.podtap.sensor.parse.files.ExtractionSettings;
import io.podtap.sensor.parse.files.FileRecorder;
import io.podtap.sensor.parse.ocsp.OcspAnalyzer;
import io.podtap.sensor.parse.pe.PeAnalyzer;
import io.podtap.sensor.sink.MemorySink;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What client and server say on one connection, or in one exchange of datagrams, led through the
 * dispatcher to every protocol there is.
 */
public final class StreamScript {

  /** Whoever carries messages; its own parser is replaced. */
  private static final Service CARRIER = Service.named("amqp");

  private static final FlowTable.Waker WAKER =
      new FlowTable.Waker() {
        @Override
        public long onTimer(Flow flow, long nowNs) {
          return 0;
        }

        @Override
        public void onRemove(Flow flow) {}
      };

  private final MemorySink sink = new MemorySink();
  private final FileRecorder files;
  private final Parsers parsers;
  private final Dispatcher dispatcher;
  private final Flow flow;
  private final int port;
  private final int pieceBytes;
  private final boolean isUdp;
  private final SavedTalk said = new SavedTalk();
  private @Nullable Service carried;
  private boolean isReplay;
  private long nowNs = Conversation.START_NS;

  private StreamScript(int protocol, int port, int pieceBytes, ExtractionSettings extracted) {
    files =
        new FileRecorder(
            sink,
            /* hashes= */ "",
            4 << 20,
            List.of(new OcspAnalyzer(sink), new PeAnalyzer(sink)),
            this::noteFile,
            extracted);
    parsers = Parsers.standard(sink, files);
    dispatcher = new Dispatcher(parsers, sink);
    byte[] packet = Conversation.tcp(true, port, 0, 0, 0, 0);
    FlowKey key =
        new FlowKey(1)
            .ipv4(MemorySegment.ofArray(packet), 0, protocol, /* sourcePort= */ 40_000, port);
    flow = new FlowTable(1, new UidSource(1), WAKER).insert(key, nowNs, nowNs + 1);
    this.isUdp = protocol == IpProtocol.UDP;
    this.port = port;
    this.pieceBytes = pieceBytes;
    dispatcher.now(nowNs);
  }

  /** Begins a connection whose data come in pieces of at most so many bytes. */
  public static StreamScript tcp(int port, int pieceBytes) {
    return new StreamScript(IpProtocol.TCP, port, pieceBytes, ExtractionSettings.NONE);
  }

  /** Begins an exchange of datagrams. */
  public static StreamScript udp(int port) {
    return new StreamScript(IpProtocol.UDP, port, Integer.MAX_VALUE, ExtractionSettings.NONE);
  }

  /** Begins a connection whose files are kept. */
  public static StreamScript keeping(int port, ExtractionSettings extracted) {
    return new StreamScript(IpProtocol.TCP, port, Integer.MAX_VALUE, extracted);
  }

  private void noteFile(String name, String detail) {
    dispatcher.weirds().ofNobody(name, detail, /* source= */ "");
  }

  /** Returns what became of files that were to be kept. */
  public ExtractionCounts extracted() {
    return files.extracted();
  }

  /** Shows what is said to the detections' watch as well. */
  public StreamScript watched() {
    dispatcher.watch(new ContentWatch(sink.open(ContentRow.schema())));
    return this;
  }

  /** Adds a protocol, or replaces the one of the same service. */
  public StreamScript with(StreamProtocol protocol) {
    parsers.with(protocol);
    return this;
  }

  /** Says that what comes is not to be kept. */
  StreamScript replay() {
    isReplay = true;
    return this;
  }

  /** Makes the flow one of a service, whatever its bytes say. */
  StreamScript of(SavedTalk.Carrier carrier, Service service) {
    switch (carrier) {
      case STREAMS -> streamOf(service);
      case DATAGRAMS -> datagramsOf(service);
      case MESSAGES -> messagesOf(service);
    }
    return this;
  }

  private void streamOf(Service service) {
    StreamProtocol chosen =
        parsers.streams().stream()
            .filter(protocol -> protocol.service() == service)
            .findFirst()
            .orElseThrow();
    parsers.with(
        new StreamProtocol() {
          @Override
          public Service service() {
            return chosen.service();
          }

          @Override
          public StreamParser begin(Session session) {
            return chosen.begin(session);
          }
        },
        port);
  }

  private void datagramsOf(Service service) {
    DatagramProtocol chosen =
        parsers.datagrams().stream()
            .filter(protocol -> protocol.service() == service)
            .findFirst()
            .orElseThrow();
    parsers.with(
        new DatagramProtocol() {
          @Override
          public Service service() {
            return chosen.service();
          }

          @Override
          public DatagramParser begin(Session session) {
            return chosen.begin(session);
          }
        },
        port);
  }

  /** Makes whatever is said messages of a service, out of a carrier. */
  public StreamScript messagesOf(Service service) {
    carried = service;
    parsers.with(
        new StreamProtocol() {
          @Override
          public Service service() {
            return CARRIER;
          }

          @Override
          public StreamParser begin(Session session) {
            return new MessageCarrier(session, service);
          }
        },
        port);
    return this;
  }

  /** Takes everything that comes in one go for a message. */
  private record MessageCarrier(Session session, Service service) implements StreamParser {

    @Override
    public void onData(boolean fromOriginator, Payload data) {
      session.confirm(CARRIER);
      MessageParser parser = session.messages(service);
      if (parser != null) {
        parser.onMessage(fromOriginator, data);
      }
    }

    @Override
    public void onGap(boolean fromOriginator, long length) {
      MessageParser parser = session.messages(service);
      if (parser != null) {
        parser.onLoginEnd((length & 1) == 0);
      }
    }

    @Override
    public void onFlowEnd() {}
  }

  /** Lets the client say something: one char a byte. */
  public StreamScript client(String text) {
    return say(true, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Lets the server say something: one char a byte. */
  public StreamScript server(String text) {
    return say(/* fromClient= */ false, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Lets one end say something. */
  public StreamScript say(boolean fromClient, byte[] bytes) {
    if (SavedTalk.isKept()) {
      said.onData(fromClient, bytes);
    }
    for (int at = 0; at < bytes.length && flow.isPayloadWanted(); at += pieceBytes) {
      int end = (int) Math.min(bytes.length, (long) at + pieceBytes);
      // A copy of exactly those bytes: whatever reads past them fails.
      byte[] piece = Arrays.copyOfRange(bytes, at, end);
      nowNs += 1_000_000;
      dispatcher.now(nowNs);
      dispatcher.onPayload(flow, fromClient, MemorySegment.ofArray(piece), 0, piece.length);
    }
    return this;
  }

  /** Loses bytes. */
  public StreamScript gap(boolean fromClient, long length) {
    if (SavedTalk.isKept()) {
      said.onGap(fromClient, length);
    }
    if (flow.isPayloadWanted()) {
      dispatcher.onGap(flow, fromClient, length);
    }
    return this;
  }

  /** Ends what one end says. */
  public StreamScript end(boolean fromClient) {
    if (SavedTalk.isKept()) {
      said.onEnd(fromClient);
    }
    if (flow.isPayloadWanted()) {
      dispatcher.onEnd(flow, fromClient);
    }
    return this;
  }

  /** Ends the flow and returns all logs. */
  public MemorySink finish() {
    dispatcher.onFlowEnd(flow);
    files.close();
    if (SavedTalk.isKept() && !isReplay) {
      keep();
    }
    return sink;
  }

  /** Keeps what was said as inputs of the fuzz tests, for every service that it was found to be. */
  private void keep() {
    if (carried != null) {
      said.keep(SavedTalk.Carrier.MESSAGES, carried);
      return;
    }
    for (Service service : Protocols.services()) {
      if (service.isIn(flow.services())) {
        said.keep(isUdp ? SavedTalk.Carrier.DATAGRAMS : SavedTalk.Carrier.STREAMS, service);
      }
    }
  }

  Parsers parsers() {
    return parsers;
  }

  /** Ends the flow and returns the records of one log. */
  public List<Map<String, String>> rows(String log) {
    return finish().rows(log);
  }

  /** Returns what the flow carries, as far as it is certain. */
  public ServiceSet services() {
    return flow.services();
  }

  /** Returns how often parsers threw. */
  public long failures() {
    long failures = 0;
    for (Service service : Protocols.services()) {
      failures += dispatcher.failures(service);
    }
    return failures;
  }
}
