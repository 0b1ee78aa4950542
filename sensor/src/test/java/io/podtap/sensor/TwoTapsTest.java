/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.LinkType;
import io.podtap.sensor.TwoTaps.Behaviour;
import io.podtap.sensor.TwoTaps.Delivery;
import io.podtap.sensor.TwoTaps.Sent;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.MemorySink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What two taps deliver gives the records of all that either has, whatever each has lost. */
class TwoTapsTest {

  private static final Path KINDS = Path.of("../cli/src/main/image/kinds.pcap");
  private static final int RUNS = 200;

  /** What a packet in another place may change. */
  private static final List<String> OF_ORDER = List.of("history", "missed_bytes", "service");

  private static void check(Behaviour behaviour, int runs) throws IOException {
    check(TwoTaps.read(KINDS), behaviour, runs);
  }

  /** Conversations of all protocols that recover after a loss, one after another. */
  private static List<Sent> talks() {
    List<Sent> frames = new ArrayList<>();
    Set<Integer> ports = new HashSet<>();
    long timeNs = Conversation.START_NS;
    for (Exchanges talk : RecoveryTalks.all()) {
      if (!ports.add(talk.port)) {
        continue; // the same addresses and numbers again would be another connection's copies
      }
      for (Exchanges.Packet packet : talk.packets()) {
        timeNs += TimeUnit.MILLISECONDS.toNanos(1);
        frames.add(new Sent(timeNs, packet.bytes(), LinkType.RAW));
      }
      timeNs += TimeUnit.SECONDS.toNanos(1);
    }
    return frames;
  }

  /** As above, random ones. */
  private static List<Sent> randomTalks(long seed) {
    List<Sent> frames = new ArrayList<>();
    Set<Integer> ports = new HashSet<>();
    long laterNs = 0;
    for (RandomTalks.Kind kind : RandomTalks.all()) {
      if (!ports.add(kind.port())) {
        continue;
      }
      for (RandomTalk.Packet packet : kind.talk(seed).packets()) {
        frames.add(new Sent(packet.timeNs() + laterNs, packet.bytes(), LinkType.RAW));
      }
      laterNs = frames.getLast().timeNs() - Conversation.START_NS + TimeUnit.SECONDS.toNanos(1);
    }
    return frames;
  }

  private static void check(List<Sent> frames, Behaviour behaviour, int runs) {
    Predicate<String> without = behaviour.secondSkewNs() == 0 ? name -> false : "ts"::equals;
    for (int seed = 1; seed <= runs; seed++) {
      List<Delivery> union = new ArrayList<>();
      List<Delivery> arriving =
          TwoTaps.deliver(frames, behaviour, new SplittableRandom(seed), union);

      MemorySink merged =
          TwoTaps.analyse(arriving, behaviour.captureTimes(), behaviour.secondSkewNs());
      MemorySink expected = TwoTaps.analyse(union, /* captureTimes= */ true, 0);

      for (LogSchema<?> schema : expected.schemas()) {
        String log = schema.path();
        List<Map<String, String>> surplus = TwoTaps.comparable(merged, log, without);
        List<Map<String, String>> missing = TwoTaps.comparable(expected, log, without);
        surplus.removeIf(missing::remove); // each once
        assertThat(surplus)
            .as("records of %s.log with seed %d, instead of %s", log, seed, missing)
            .isEmpty();
        assertThat(missing).as("records that %s.log lacks with seed %d", log, seed).isEmpty();
      }
    }
  }

  @Test
  void eachLosesATenthAndTheTunnelTellsWhenFramesWereCaptured() throws IOException {
    check(new Behaviour(0.1, 0, true, 0), RUNS);
  }

  @Test
  void eachLosesATenthOfTheConversationsOfAllProtocols() {
    check(talks(), new Behaviour(0.1, 0, true, 0), RUNS);
  }

  @Test
  void eachLosesATenthOfRandomConversations() {
    check(randomTalks(1), new Behaviour(0.1, 0, true, 0), RUNS / 10);
    check(randomTalks(2), new Behaviour(0.1, 0, true, 0), RUNS / 10);
  }

  @Test
  void oneCutsHalfOfItsFramesAndBothLose() throws IOException {
    check(new Behaviour(0.1, 0.5, true, 0), RUNS / 4);
  }

  @Test
  void theClockOfOneIsFiveMinutesAhead() throws IOException {
    check(new Behaviour(0.1, 0, true, 299_000_000_000L), RUNS / 4);
  }

  /** Without times of capture the order of a few packets is not known; what they are is. */
  @Test
  void eachLosesATenthAndFramesHaveTheTimeOfTheirArrival() throws IOException {
    arriving(TwoTaps.read(KINDS));
  }

  @Test
  void eachLosesATenthOfAllProtocolsAndFramesHaveTheTimeOfTheirArrival() {
    arriving(talks());
  }

  private static void arriving(List<Sent> frames) {
    Behaviour behaviour = new Behaviour(0.1, 0, false, 0);
    int records = 0;
    int different = 0;
    for (int seed = 1; seed <= RUNS; seed++) {
      List<Delivery> union = new ArrayList<>();
      List<Delivery> arriving =
          TwoTaps.deliver(frames, behaviour, new SplittableRandom(seed), union);

      MemorySink merged = TwoTaps.analyse(arriving, /* captureTimes= */ false, 0);
      List<Map<String, String>> expected =
          TwoTaps.comparable(
              TwoTaps.analyse(union, /* captureTimes= */ true, 0), "conn", TwoTaps::isTime);
      List<Map<String, String>> actual = TwoTaps.comparable(merged, "conn", TwoTaps::isTime);

      records += expected.size();
      List<Map<String, String>> surplus = new ArrayList<>(actual);
      List<Map<String, String>> missing = new ArrayList<>(expected);
      surplus.removeIf(missing::remove);
      different += surplus.size();
      surplus.forEach(row -> row.keySet().removeAll(OF_ORDER));
      missing.forEach(row -> row.keySet().removeAll(OF_ORDER));
      assertThat(surplus)
          .as("but for the order, with seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(missing);
    }
    assertThat(different).as("of %d records", records).isLessThan(Math.max(records / 1_000, 1));
  }
}
