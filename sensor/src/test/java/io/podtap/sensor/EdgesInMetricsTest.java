/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsText;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.LinkType;
import io.podtap.core.packet.Tcp;
import io.podtap.sensor.edges.EdgeSeries;
import io.podtap.sensor.edges.EdgeSink;
import io.podtap.sensor.identity.Bindings;
import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import io.podtap.sensor.identity.Source;
import io.podtap.sensor.identity.TapOwners;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.track.Tracker;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From packets to metrics by edge. */
final class EdgesInMetricsTest {

  private static final long START_NS = 1_700_000_000_000_000_000L;
  private static final long MILLISECOND_NS = 1_000_000L;

  private final Bindings bindings = new Bindings(1 << 20, Long.MAX_VALUE, /* isJournaled= */ false);
  private final EdgeSeries series = new EdgeSeries(EdgeSeries.BYTES_MIN);
  private final MemorySink sink = new MemorySink();
  private final Analysis analysis =
      new Analysis(
          AnalysisSettings.standard(new Tracker.Settings(64, true, 1)),
          new EdgeSink(sink, series, bindings, TapOwners.NONE),
          /* tapName= */ null);
  private long nowNs = START_NS;

  @BeforeEach
  void bind() {
    open(
        Conversation.CLIENT,
        new Owner(Owner.Kind.POD, "shop", "web-1", "u1", "n1", "Deployment", "web", "sa", "", ""));
    open(Conversation.SERVER, Owner.service("pay", "api", "http"));
  }

  private void open(int address, Owner owner) {
    Place place = Place.of(0, 0xFFFF_0000_0000L | Integer.toUnsignedLong(address));
    bindings.open(place, Source.API, owner, START_NS - 1, START_NS - 1);
  }

  private void send(byte[] packet) {
    Frame frame = new Frame();
    frame
        .wrap(MemorySegment.ofArray(packet), 0, packet.length, packet.length, nowNs)
        .received(nowNs)
        .origin(LinkType.RAW, 0, /* outgoing= */ false);
    analysis.onFrame(frame);
    nowNs += MILLISECOND_NS;
  }

  private List<String> samples(String name) {
    MetricsText text = new MetricsText(MetricsFormat.TEXT);
    series.addTo(text);
    return text.end().lines().filter(line -> line.startsWith(name)).toList();
  }

  @Test
  void connectionsAndRequestsAreCounted() {
    Exchanges talk = new Exchanges("HTTP/1.1", 80, "http", "uri", "status_code");
    for (int status : new int[] {200, 204, 404, 500}) {
      talk.client("GET /" + status + " HTTP/1.1\r\nHost: h\r\n\r\n");
      talk.server("HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n");
    }
    talk.client("GET /lost HTTP/1.1\r\nHost: h\r\n\r\n").close();
    talk.packets().forEach(packet -> send(packet.bytes()));
    analysis.close();
    String edge =
        "{source_namespace=\"shop\",source_workload=\"web\",source_workload_kind=\"Deployment\","
            + "destination_namespace=\"pay\",destination_workload=\"api\","
            + "destination_workload_kind=\"Service\",protocol=\"TCP\",port=\"80\"";
    assertThat(samples("podtap_edge_connections_total"))
        .containsExactly("podtap_edge_connections_total" + edge + ",outcome=\"answered\"} 1");
    assertThat(samples("podtap_edge_http_requests_total"))
        .containsExactly(
            "podtap_edge_http_requests_total" + edge + ",status_class=\"none\"} 1",
            "podtap_edge_http_requests_total" + edge + ",status_class=\"2xx\"} 2",
            "podtap_edge_http_requests_total" + edge + ",status_class=\"4xx\"} 1",
            "podtap_edge_http_requests_total" + edge + ",status_class=\"5xx\"} 1");
    assertThat(samples("podtap_edge_http_request_duration_seconds_count"))
        .containsExactly("podtap_edge_http_request_duration_seconds_count" + edge + "} 4");
    assertThat(samples("podtap_edge_tcp_handshake_duration_seconds_sum"))
        .containsExactly("podtap_edge_tcp_handshake_duration_seconds_sum" + edge + "} 0.001");
    assertThat(sink.rows("http")).as("records are passed on").hasSize(5);
  }

  @Test
  void aRefusedConnectionIsAnAttempt() {
    send(tcp(true, Tcp.SYN, 1_000, 0));
    send(tcp(/* fromClient= */ false, Tcp.RST | Tcp.ACK, 0, 1_001));
    analysis.close();
    assertThat(samples("podtap_edge_connections_total"))
        .singleElement()
        .asString()
        .contains("destination_workload=\"api\"", "port=\"other\",outcome=\"rejected\"} 1");
    assertThat(samples("podtap_edge_tcp_handshake_duration_seconds_count")).isEmpty();
  }

  private static byte[] tcp(boolean fromClient, int flags, int sequence, int acknowledged) {
    byte[] packet =
        Conversation.tcp(fromClient, 9_999, flags, sequence, acknowledged, /* payload= */ 0);
    Conversation.fillChecksums(packet);
    return packet;
  }

  @Test
  void questionsAreCountedByTheirAnswers() {
    for (int rcode = 0; rcode < 10; rcode++) {
      send(dns(true, rcode, /* flags= */ 0x0100));
      send(dns(/* fromClient= */ false, rcode, 0x8180 | rcode));
    }
    send(dns(true, /* id= */ 77, /* flags= */ 0x0100));
    analysis.close();
    assertThat(samples("podtap_edge_dns_queries_total"))
        .singleElement()
        .asString()
        .contains("protocol=\"UDP\",port=\"53\"} 11");
    assertThat(samples("podtap_edge_dns_responses_total"))
        .map(line -> line.substring(line.indexOf("rcode=")))
        .containsExactly(
            "rcode=\"FORMERR\"} 1",
            "rcode=\"NOERROR\"} 1",
            "rcode=\"NOTIMP\"} 1",
            "rcode=\"NXDOMAIN\"} 1",
            "rcode=\"REFUSED\"} 1",
            "rcode=\"SERVFAIL\"} 1",
            "rcode=\"other\"} 4");
  }

  private static byte[] dns(boolean fromClient, int id, int flags) {
    byte[] message = {
      0, (byte) id, (byte) (flags >> 8), (byte) flags, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1
    };
    return Conversation.udp(fromClient, 40_000, 53, message);
  }

  @Test
  void anEchoIsAnsweredByItsReply() {
    for (int type : new int[] {8, 0}) {
      byte[] packet = Conversation.ip(type == 8, IpProtocol.ICMP, 8);
      packet[20] = (byte) type;
      Conversation.fillChecksums(packet);
      send(packet);
    }
    analysis.close();
    assertThat(samples("podtap_edge_connections_total"))
        .singleElement()
        .asString()
        .contains("protocol=\"ICMPv4\",port=\"\",outcome=\"answered\"} 1");
  }
}
