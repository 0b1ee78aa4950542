/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.agent.Health;
import io.podtap.core.config.SettingsException;
import io.podtap.core.metrics.MetricsServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents as taps and sensors write them, and whether they add up. */
final class BalanceTest {

  private static final String TAP =
      """
      {"tap":"0badf00d","pod":"shop-1","namespace":"shop","interfaces":[{"name":"eth0","seen":100,\
      "dropped":1,"filtered":9,"delivered":90,"mirrored":87,"shed":2,\
      "failed":{"link_header_truncated":1},"delivered_bytes":9000,"mirrored_bytes":8700,\
      "shed_bytes":200,"failed_bytes":100,"packets":120,"packet_bytes":12000}],\
      "segment":{"tcp_super_frame":3},"shed":{"port":2},"shed_bytes":200,"packets":120,"sent":118,\
      "waiting":0,"failed":{"path_mtu":1,"queue_full":1},"packet_bytes":12000,"sent_bytes":11800,\
      "waiting_bytes":0,"failed_bytes":200,"calls":4,"sensors":[],"balanced":true}
      """;

  private static final String SENSOR =
      """
      {"datagrams":119,"malformed":{},"taps":[{"id":"0badf00d","address":"10.0.0.7","vni":1,\
      "known":true,"sent":118,"received":118,"lost":0,"surplus":0,"unreported":0,\
      "received_bytes":11800}],"forgotten":{"taps":0,"sent":0}}
      """;

  private static final String TAP_LOG =
      """
      {"ts":1.0,"tap.id":"0badf00d","tap.address":"10.0.0.7","tap.vni":1,"tap.state":"running",\
      "seen":50,"sent":60,"sent_here":60,"received":60,"received_bytes":6000,"lost":0,"surplus":0,\
      "unreported":0}
      {"ts":2.0,"tap.id":"0badf00d","tap.address":"10.0.0.7","tap.vni":1,"tap.state":"stop",\
      "seen":100,"sent":118,"sent_here":118,"received":117,"received_bytes":11700,"lost":2,\
      "surplus":1,"unreported":0}
      """;

  private static final String TABBED =
      """
      #separator \\x09
      #path\ttap
      #fields\tts\ttap.id\ttap.address\ttap.vni\tsent_here\treceived\treceived_bytes\tlost\tsurplus\tunreported
      #types\ttime\tstring\tstring\tcount\tcount\tcount\tcount\tcount\tcount\tcount
      1.0\t0badf00d\t10.0.0.7\t-\t100\t100\t10000\t0\t0\t0
      2.0\t0badf00d\t10.0.0.7\t-\t18\t18\t1800\t0\t0\t0
      """;

  @TempDir Path folder;

  private static Balance balance(String... texts) throws IOException {
    Statements statements = new Statements();
    for (int i = 0; i < texts.length; i++) {
      Sources.parse("source-" + i, texts[i], statements);
    }
    return Balance.of(statements);
  }

  private static String print(Balance balance) {
    StringWriter out = new StringWriter();
    new LedgerTable(new PrintWriter(out)).print(balance);
    return out.toString();
  }

  @Test
  void countFilesAddUp() throws IOException {
    Balance balance = balance(SENSOR, TAP);
    assertThat(balance.problems()).isEmpty();
    assertThat(balance.isLossless()).isFalse();
    assertThat(print(balance).replaceAll(" +", " "))
        .contains("0badf00d shop/shop-1 eth0 100 1 9 2 1 87 8,700 120 12,000")
        .contains("0badf00d the tap, at its end 120 2 0 118 0 11,800")
        .contains("0badf00d source-0, from 10.0.0.7 VNI 1 118 118 0 0 0 11,800")
        .endsWith("It adds up.\n");
  }

  @Test
  void countFilesOfTheVersionBeforeAddUp() throws IOException {
    assertThat(balance(SENSOR.replace("received_bytes", "receivedBytes"), TAP).problems())
        .isEmpty();
  }

  @Test
  void theLastRecordOfATapLogCounts() throws IOException {
    assertThat(balance(TAP, TAP_LOG).problems()).isEmpty();
    assertThat(balance(TAP_LOG).problems()).isEmpty();
    assertThat(print(balance(TAP_LOG))).contains("10.0.0.7 VNI 1");
    assertThat(print(balance(TAP_LOG.replace("\"tap.vni\":1,", "")))).contains("10.0.0.7 by TLS");
  }

  @Test
  void aSensorThatWasStartedAnewCountsFromZero() throws IOException {
    assertThat(balance(TAP, TABBED).problems()).isEmpty();
    assertThat(print(balance(TABBED))).contains("10.0.0.7 by TLS");
  }

  @Test
  void severalSensorsShareATap() throws IOException {
    String half = SENSOR.replace("118", "59").replace("11800", "5900");
    assertThat(balance(TAP, half, half).problems()).isEmpty();
    assertThat(balance(TAP, half).problems())
        .containsExactly("tap 0badf00d: packets sent that no sensor here accounts for: 59");
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    assertThat(balance(TAP.replace("\"seen\":100", "\"seen\":101")).problems())
        .containsExactly("tap 0badf00d, eth0: frames seen and not accounted for: 1");
    assertThat(
            balance(TAP.replace("\"shed_bytes\":200,\"failed", "\"shed_bytes\":0,\"failed"))
                .problems())
        .containsExactly("tap 0badf00d, eth0: bytes delivered and not accounted for: 200");
    assertThat(balance(TAP.replace("\"delivered\":90", "\"delivered\":91")).problems())
        .containsExactly("tap 0badf00d, eth0: frames delivered and not accounted for: 1");
    assertThat(balance(TAP.replace("\"queue_full\":1", "\"queue_full\":0")).problems())
        .containsExactly("tap 0badf00d: packets made and not accounted for: 1");
    assertThat(balance(TAP.replace("11800", "11700")).problems())
        .containsExactly("tap 0badf00d: bytes of packets made and not accounted for: 100");
    assertThat(balance(TAP, SENSOR.replace("11800", "11700")).problems())
        .containsExactly("tap 0badf00d: bytes sent and not received: 100");
    assertThat(balance(SENSOR.replace("\"lost\":0", "\"lost\":3")).problems())
        .containsExactly("source-0, tap 0badf00d: its own counts differ by: -3");
    assertThat(print(balance(TAP.replace("11800", "0")))).endsWith("It does NOT add up.\n");
  }

  @Test
  void aRunningTapHasPacketsOnTheirWay() throws IOException {
    String metrics =
        """
        # HELP podtap_tap_info Who this tap is.
        podtap_tap_info{tap="0badf00d",namespace="shop",pod="shop-1"} 1
        podtap_tap_frames_total{interface="eth\\"0",fate="seen"} 131
        podtap_tap_frames_total{interface="eth\\"0",fate="mirrored"} 128
        podtap_tap_frames_total{interface="eth\\"0",fate="link_header_truncated"} 1
        podtap_tap_frame_bytes_total{interface="eth\\"0",fate="delivered"} 900
        podtap_tap_frame_bytes_total{interface="eth\\"0",fate="mirrored"} 800
        podtap_tap_frame_bytes_total{interface="eth\\"0",fate="failed"} 100
        podtap_tap_packets_total 128
        podtap_tap_all_sent_packets_total 120
        podtap_tap_waiting_packets 8
        """;
    Balance balance = balance(metrics, SENSOR);
    assertThat(balance.problems()).isEmpty();
    assertThat(print(balance)).contains("eth\"0").contains("the tap, running");
    assertThat(balance(metrics.replace("seen\"} 131", "seen\"} 100")).problems()).hasSize(1);
  }

  @Test
  void readsFilesAndMetricsPorts() throws IOException {
    String metrics =
        """
        podtap_sensor_tap_packets{tap="0badf00d",address="10.0.0.7",vni="-2",fate="sent"} 118
        podtap_sensor_tap_packets{tap="0badf00d",address="10.0.0.7",vni="-2",fate="received"} 118
        podtap_sensor_tap_received_bytes{tap="0badf00d",address="10.0.0.7",vni="-2"} 11800
        """;
    Path file = Files.writeString(folder.resolve("tap.json"), TAP);
    Statements statements = new Statements();
    try (MetricsServer server = MetricsServer.start(0, _ -> metrics, new Health())) {
      Sources.read("http://127.0.0.1:" + server.port(), statements);
    }
    Sources.read(file.toString(), statements);
    Balance balance = Balance.of(statements);
    assertThat(balance.problems()).isEmpty();
    assertThat(print(balance)).contains("10.0.0.7 by TLS");
  }

  @Test
  void saysWhatItCannotRead() throws IOException {
    Path file = Files.writeString(folder.resolve("half.json"), TAP.substring(0, 200));
    String none = Files.writeString(folder.resolve("none.txt"), "hello\n").toString();
    Statements statements = new Statements();
    for (String source : new String[] {file.toString(), none, "/nowhere", "http://127.0.0.1:1"}) {
      assertThatThrownBy(() -> Sources.read(source, statements))
          .isInstanceOf(SettingsException.class)
          .hasMessageStartingWith("'" + source + "' ");
    }
    assertThat(statements.isEmpty()).isTrue();
  }
}
