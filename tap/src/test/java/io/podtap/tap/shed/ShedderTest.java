/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.shed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.LinkType;
import io.podtap.core.report.Counters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ShedderTest {

  private static final int SYN = 2;
  private static final int FIN = 1;
  private static final int ACK = 16;
  private static final int HEADER_BYTES = 54;
  private static final int FRAME_BYTES = 1_054;

  private final Counters<ShedCause> counters = new Counters<>(ShedCause.class);
  private final MemorySegment memory = Arena.ofAuto().allocate(2_000, 8);
  private final Frame frame = new Frame();
  private final Headers headers = new Headers();
  private long nowNs = TimeUnit.HOURS.toNanos(1);

  private Shedder shedder(long budgetMbps, long cutoff, String ports) {
    return new Shedder(
        new ShedSettings(budgetMbps, cutoff, ShedSettings.parsePorts(ports)), counters);
  }

  /** Decides about a TCP segment of 1,000 bytes over IPv4. */
  private int decide(Shedder shedder, int port, int flags, int flow) {
    memory.fill((byte) 0);
    byte[] start = {8, 0, 0x45, 0};
    MemorySegment.copy(start, 0, memory, java.lang.foreign.ValueLayout.JAVA_BYTE, 12, 4);
    put16(16, FRAME_BYTES - 14);
    memory.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 23, (byte) 6);
    put16(34, 40_000);
    put16(36, port);
    put16(46, 0x5000 | flags);
    frame.wrap(memory, 0, FRAME_BYTES, FRAME_BYTES, nowNs).origin(LinkType.ETHERNET, 0, true);
    headers.locate(memory, 0, FRAME_BYTES, LinkType.ETHERNET);
    assertThat(headers.payloadOffset()).isEqualTo(HEADER_BYTES);
    return shedder.decide(frame, headers, flow);
  }

  private void put16(long at, int value) {
    memory.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at, (byte) (value >>> 8));
    memory.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at + 1, (byte) value);
  }

  @Test
  void portsOfWhichHeadersAreEnough() {
    Shedder shedder = shedder(0, 0, "443, 8000-8010");
    assertThat(decide(shedder, 443, ACK, 1)).isEqualTo(Shedder.HEADERS);
    assertThat(decide(shedder, 8_010, ACK, 1)).isEqualTo(Shedder.HEADERS);
    assertThat(decide(shedder, 8_011, ACK, 1)).isEqualTo(Shedder.WHOLE);
    assertThat(decide(shedder, 443, SYN, 1)).isEqualTo(Shedder.WHOLE);
    assertThat(counters.get(ShedCause.PORT)).isEqualTo(2);
    assertThat(shedder.bytesShed()).isEqualTo(2_000);
  }

  @Test
  void aFlowHasItsShareAndAnotherToo() {
    Shedder shedder = shedder(0, 2_000, "");
    assertThat(decide(shedder, 80, SYN | ACK, 1)).isEqualTo(Shedder.WHOLE);
    assertThat(decide(shedder, 80, ACK, 1)).isEqualTo(Shedder.WHOLE);
    assertThat(decide(shedder, 80, ACK, 1)).isEqualTo(Shedder.HEADERS);
    assertThat(decide(shedder, 80, ACK, 2)).isEqualTo(Shedder.WHOLE);
    assertThat(decide(shedder, 80, FIN | ACK, 1)).isEqualTo(Shedder.WHOLE);
    assertThat(decide(shedder, 80, ACK, 1)).isEqualTo(Shedder.HEADERS);
    assertThat(decide(shedder, 80, SYN, 1)).as("the ports again").isEqualTo(Shedder.WHOLE);
    assertThat(decide(shedder, 80, ACK, 1)).isEqualTo(Shedder.WHOLE);
    assertThat(counters.get(ShedCause.FLOW_CUTOFF)).isEqualTo(2);
    nowNs += TimeUnit.MINUTES.toNanos(2);
    assertThat(decide(shedder, 80, ACK, 1)).as("idle for long").isEqualTo(Shedder.WHOLE);
  }

  /** 8 Mbit/s are a million bytes a second; ten times that is offered, then a thousand times. */
  @Test
  void overBudgetPayloadGoesFirstAndPacketsLast() {
    Shedder shedder = shedder(8, 0, "");
    long sent = 0;
    for (int i = 0; i < 10_000; i++) {
      nowNs += 100_000;
      int verdict = decide(shedder, 80, ACK, i);
      assertThat(verdict).isNotEqualTo(Shedder.NOTHING);
      sent += verdict == Shedder.WHOLE ? FRAME_BYTES : HEADER_BYTES;
    }
    assertThat(sent).isBetween(900_000L, 1_210_000L);
    assertThat(counters.get(ShedCause.BUDGET_HEADERS)).isGreaterThan(9_000);
    for (int i = 0; i < 20_000; i++) {
      nowNs += 1_000;
      decide(shedder, 80, ACK, i);
    }
    assertThat(counters.get(ShedCause.BUDGET_DROPPED)).isPositive();
    nowNs += TimeUnit.SECONDS.toNanos(2);
    assertThat(decide(shedder, 80, ACK, 1)).isEqualTo(Shedder.WHOLE);
  }

  @Test
  void refusesWhatCannotBe() {
    assertThat(new ShedSettings(0, 0, Set.of()).isOff()).isTrue();
    assertThatThrownBy(() -> ShedSettings.parsePorts("1,x")).isInstanceOf(SettingsException.class);
    assertThatThrownBy(() -> ShedSettings.parsePorts("70000"))
        .isInstanceOf(SettingsException.class);
    assertThatThrownBy(() -> new ShedSettings(-1, 0, Set.of()))
        .isInstanceOf(SettingsException.class);
    assertThatThrownBy(() -> new ShedSettings(0, -1, Set.of()))
        .isInstanceOf(SettingsException.class);
  }
}
