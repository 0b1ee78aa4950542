/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.flow.ServiceSet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A conversation that is held again and again: cut otherwise, or with bytes changed. */
public final class Talk {

  private static final int[] CUTS = {1, 2, 3, 7, 64, 1_460, 100_000};
  private static final int MUTATIONS = 400;

  /** What one end says in one go. */
  private static final class Turn {
    final boolean fromClient;
    final byte[] bytes;

    Turn(boolean fromClient, byte[] bytes) {
      this.fromClient = fromClient;
      this.bytes = bytes;
    }
  }

  private final int port;
  private final boolean isUdp;
  private final List<Turn> turns = new ArrayList<>();

  /** Begins an empty one over TCP. */
  public Talk(int port) {
    this(port, /* isUdp= */ false);
  }

  private Talk(int port, boolean isUdp) {
    this.port = port;
    this.isUdp = isUdp;
  }

  /** Begins an empty one over UDP: what is said in one go is a datagram. */
  public static Talk udp(int port) {
    return new Talk(port, true);
  }

  /** Lets the client say something, in hexadecimal digits. */
  public Talk clientHex(String digits) {
    turns.add(new Turn(/* fromClient= */ true, HexFormat.of().parseHex(digits)));
    return this;
  }

  /** Lets the server say something, in hexadecimal digits. */
  public Talk serverHex(String digits) {
    turns.add(new Turn(/* fromClient= */ false, HexFormat.of().parseHex(digits)));
    return this;
  }

  /** Lets the client say something: one char a byte. */
  public Talk client(String text) {
    turns.add(new Turn(/* fromClient= */ true, text.getBytes(StandardCharsets.ISO_8859_1)));
    return this;
  }

  /** Lets the server say something: one char a byte. */
  public Talk server(String text) {
    turns.add(new Turn(/* fromClient= */ false, text.getBytes(StandardCharsets.ISO_8859_1)));
    return this;
  }

  /** Returns the records of one log, every turn in one piece. */
  public List<Map<String, String>> rows(String log) {
    return hold(turns, Integer.MAX_VALUE).rows(log);
  }

  /** As above, every turn in pieces of so many bytes. */
  List<Map<String, String>> rows(String log, int cut) {
    return hold(turns, cut).rows(log);
  }

  /** Asserts that the records are the same however the bytes are cut, times and ids left out. */
  public Talk isTheSameHoweverCut(String log) {
    List<Map<String, String>> whole = withoutTimes(rows(log));
    for (int cut : CUTS) {
      assertThat(withoutTimes(hold(turns, cut).rows(log))).as("cut to " + cut).isEqualTo(whole);
    }
    return this;
  }

  private static List<Map<String, String>> withoutTimes(List<Map<String, String>> rows) {
    rows.forEach(row -> row.keySet().removeAll(List.of("ts", "fuid", "fuids", "uid", "duration")));
    return rows;
  }

  /** Asserts that no parser throws whatever is changed, left out or doubled. */
  public void survivesMutation() {
    for (int seed = 0; seed < MUTATIONS; seed++) {
      Random random = new Random(seed);
      List<Turn> changed = new ArrayList<>();
      for (Turn turn : turns) {
        byte[] bytes = turn.bytes.clone();
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        int kept = random.nextInt(8) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
        changed.add(new Turn(turn.fromClient, Arrays.copyOf(bytes, kept)));
      }
      StreamScript script = hold(changed, 1 + random.nextInt(200)).replay();
      script.finish();
      assertThat(script.failures()).as("seed " + seed).isZero();
    }
  }

  /** Returns the services that were found. */
  public ServiceSet services() {
    StreamScript script = hold(turns, Integer.MAX_VALUE);
    script.finish();
    return script.services();
  }

  private StreamScript hold(List<Turn> said, int cut) {
    StreamScript script = isUdp ? StreamScript.udp(port) : StreamScript.tcp(port, cut);
    said.forEach(turn -> script.say(turn.fromClient, turn.bytes));
    return script;
  }
}
