package io.podtap.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.tap.send.SensorLanes;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LedgerJsonTest {

  private static final Ledger.InterfaceBytes BYTES =
      new Ledger.InterfaceBytes(5_500, 5_400, 0, 100, 8, 5_600);
  private static final Ledger.InterfaceBytes NONE = new Ledger.InterfaceBytes(0, 0, 0, 0, 0, 0);
  private static final TapIdentity TAP =
      new TapIdentity(0xBADF00D, "shop-1", "shop", "node-a", "", "");

  private static Ledger.Snapshot ledger(String name, List<Ledger.Count> counts) {
    return new Ledger.Snapshot(
        List.of(
            new Ledger.InterfaceSnapshot(name, 10, 1, 2, 7, 6, 0, counts, BYTES),
            new Ledger.InterfaceSnapshot("lo", 0, 0, 0, 0, 0, 0, List.of(), NONE)),
        List.of(new Ledger.Count("tcp_super_frame", 3)),
        List.of(new Ledger.Count("port", 2)),
        900,
        8,
        7,
        0,
        List.of(new Ledger.Count("path_mtu", 1)),
        new Ledger.PacketBytes(5_600, 4_900, 0, 700),
        4,
        List.of(
            new Ledger.SensorSnapshot(
                "10.0.0.3:4789",
                1_472,
                5,
                List.of(new Ledger.LaneSnapshot(50_000, 7), new Ledger.LaneSnapshot(50_001, 0)),
                5_018,
                Optional.of(
                    new Ledger.TunnelSnapshot(
                        true,
                        true,
                        new SensorLanes.Confirmed(6, 5, 1, 0, 1, 0xABCDL),
                        List.of(new Ledger.Count("accepted", 3)))),
                Optional.empty())),
        true);
  }

  @Test
  void isOneDocument() {
    assertThat(
            LedgerJson.of(
                TAP, ledger("eth0", List.of(new Ledger.Count("link_header_truncated", 1))), null))
        .isEqualTo(
            """
            {"tap":"0badf00d","pod":"shop-1","namespace":"shop",\
            "interfaces":[{"name":"eth0","seen":10,"dropped":1,"filtered":2,"delivered":7,\
            "mirrored":6,"shed":0,"failed":{"link_header_truncated":1},\
            "delivered_bytes":5500,"mirrored_bytes":5400,"shed_bytes":0,"failed_bytes":100,\
            "packets":8,"packet_bytes":5600},\
            {"name":"lo","seen":0,"dropped":0,"filtered":0,"delivered":0,"mirrored":0,"shed":0,\
            "failed":{},"delivered_bytes":0,"mirrored_bytes":0,"shed_bytes":0,"failed_bytes":0,\
            "packets":0,"packet_bytes":0}],\
            "segment":{"tcp_super_frame":3},"shed":{"port":2},"shed_bytes":900,"packets":8,"sent":7,"waiting":0,\
            "failed":{"path_mtu":1},\
            "packet_bytes":5600,"sent_bytes":4900,"waiting_bytes":0,"failed_bytes":700,"calls":4,\
            "sensors":[{"address":"10.0.0.3:4789","datagram_bytes_max":1472,"errors":5,\
            "lanes":[{"port":50000,"sent":7},{"port":50001,"sent":0}],\
            "joined":true,"answering":true,"receiver":"abcd","confirmed":6,"received":5,"lost":1,\
            "surplus":0,"unconfirmed":1,"receipts":{"accepted":3}}],"balanced":true}
            """);
  }

  @Test
  void escapesWhatAFileMayBeCalled() {
    assertThat(LedgerJson.of(TAP, ledger("a\"b\\c\nd\u0001é", List.of()), null))
        .contains("{\"name\":\"a\\\"b\\\\c\\u000ad\\u0001é\",\"seen\"");
  }
}
