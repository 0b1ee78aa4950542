/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.identity.Addresses;
import io.podtap.sensor.identity.Bindings;
import io.podtap.sensor.identity.IdentitySink;
import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import io.podtap.sensor.identity.Source;
import io.podtap.sensor.identity.TapOwners;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.track.Tracker;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** From packets to records that name the owners of both ends. */
final class OwnersInRecordsTest {

  private static final long START_NS = 1_700_000_000_000_000_000L;
  private static final long SECOND_NS = 1_000_000_000L;
  private static final int CLIENT = 0x0A00_0001;
  private static final int RESOLVER = 0x0A00_0035;
  private static final int SERVER = 0x0A00_0002;

  private final Bindings bindings = new Bindings(1 << 20, Long.MAX_VALUE, /* isJournaled= */ true);
  private final MemorySink sink = new MemorySink();

  private static Owner pod(String name) {
    return new Owner(
        Owner.Kind.POD, "shop", name, name + "-uid", "n1", "Deployment", "cart", "sa", "", "");
  }

  private static byte[] udp(int source, int target, int from, int to, byte[] payload) {
    ByteBuffer packet = ByteBuffer.allocate(28 + payload.length);
    packet.putShort((short) 0x4500).putShort((short) packet.capacity()).putInt(0);
    packet.putInt(0x4011_0000).putInt(source).putInt(target);
    packet.putShort((short) from).putShort((short) to);
    packet.putShort((short) (8 + payload.length)).putShort((short) 0).put(payload);
    return packet.array();
  }

  private static byte[] dns(boolean isAnswer) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    byte flagsHigh = (byte) (isAnswer ? 0x81 : 0x01);
    message.writeBytes(new byte[] {0, 7, flagsHigh, (byte) (isAnswer ? 0x80 : 0)});
    message.writeBytes(new byte[] {0, 1, 0, (byte) (isAnswer ? 1 : 0), 0, 0, 0, 0});
    for (String label : List.of("pay", "example")) {
      message.write(label.length());
      message.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    message.writeBytes(new byte[] {0, 0, 1, 0, 1});
    if (isAnswer) {
      message.writeBytes(new byte[] {(byte) 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4});
      message.writeBytes(ByteBuffer.allocate(4).putInt(SERVER).array());
    }
    return message.toByteArray();
  }

  private static void give(Analysis analysis, int tap, long timeNs, byte[] packet) {
    Frame frame = new Frame();
    frame
        .wrap(MemorySegment.ofArray(packet), 0, packet.length, packet.length, timeNs)
        .received(timeNs)
        .origin(LinkType.RAW, tap, /* outgoing= */ false);
    analysis.onFrame(frame);
  }

  private List<Map<String, String>> conversations(TapOwners taps, Set<String> logs) {
    IdentitySink named =
        new IdentitySink(
            sink, new IdentitySink.Settings(bindings, taps, logs, /* namesBytesMax= */ 1 << 16));
    AnalysisSettings settings = AnalysisSettings.standard(new Tracker.Settings(64, false, 1));
    try (Analysis analysis =
        new Analysis(
            settings, named, taps.equals(TapOwners.NONE) ? null : index -> "tap" + index)) {
      give(analysis, 3, START_NS, udp(CLIENT, RESOLVER, 40_000, 53, dns(false)));
      give(analysis, 3, START_NS + 1_000, udp(RESOLVER, CLIENT, 53, 40_000, dns(true)));
      give(
          analysis, 3, START_NS + SECOND_NS, udp(CLIENT, SERVER, 40_001, 9_999, new byte[] {1, 2}));
    }
    return sink.rows("conn");
  }

  private void bind(String address, Owner owner) {
    Place place = Objects.requireNonNull(Addresses.parse(address));
    bindings.open(place, Source.API, owner, START_NS - 60 * SECOND_NS, START_NS);
  }

  @Test
  void everyLogOfAConnectionNamesBothEnds() {
    bind("10.0.0.1", pod("cart-1"));
    bind("10.0.0.53", Owner.service("kube-system", "dns", ""));
    List<Map<String, String>> records = conversations(TapOwners.NONE, Set.of());
    assertThat(sink.rows("dns").getFirst())
        .containsEntry("k8s.orig.pod", "cart-1")
        .containsEntry("k8s.orig.workload", "Deployment/cart")
        .containsEntry("k8s.orig.service_account", "sa")
        .containsEntry("k8s.resp.namespace", "kube-system")
        .containsEntry("k8s.resp.service", "dns")
        .containsEntry("k8s.late", "-")
        .doesNotContainKey("resp_name");
    Map<String, String> last =
        records.stream()
            .filter(record -> "9999".equals(record.get("id.resp_p")))
            .findAny()
            .orElseThrow();
    assertThat(last)
        .containsEntry("k8s.orig.pod", "cart-1")
        .containsEntry("k8s.resp.pod", "-")
        .containsEntry("resp_name", "pay.example");
  }

  @Test
  void aTapsPodIsNamedWithoutTheApi() {
    TapOwners.TapOwner own =
        new TapOwners.TapOwner(
            pod("tapped"), List.of(Objects.requireNonNull(Addresses.parse("10.0.0.1"))));
    List<Map<String, String>> records = conversations(tap -> tap == 3 ? own : null, Set.of());
    assertThat(records)
        .isNotEmpty()
        .allSatisfy(record ->
            assertThat(record)
                .containsEntry("k8s.orig.pod", "tapped")
                .containsEntry("k8s.resp.pod", "-"));
  }

  @Test
  void whereTapAndApiDifferNobodyIsNamed() {
    bind("10.0.0.1", pod("other"));
    TapOwners.TapOwner own =
        new TapOwners.TapOwner(
            pod("tapped"), List.of(Objects.requireNonNull(Addresses.parse("10.0.0.1"))));
    List<Map<String, String>> records = conversations(tap -> tap == 3 ? own : null, Set.of());
    assertThat(records)
        .isNotEmpty()
        .allSatisfy(record -> assertThat(record).containsEntry("k8s.orig.pod", "-"));
  }

  @Test
  void logsThatAreNotListedStayAsTheyAre() {
    bind("10.0.0.1", pod("cart-1"));
    List<Map<String, String>> records = conversations(TapOwners.NONE, Set.of("dns"));
    assertThat(records).allSatisfy(record -> assertThat(record).doesNotContainKey("k8s.orig.pod"));
    assertThat(sink.rows("dns").getFirst()).containsEntry("k8s.orig.pod", "cart-1");
  }
}
