/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.memory;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.MemoryAnalysis;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TsvFormat;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One attack against an analysis in a process with a small heap, and beside it a client that does
 * nothing wrong. Prints what came of it as {@code key=value} lines.
 *
 * <p>Two rounds: first as many flows as take a quarter of the budget, after which the heap that is
 * really in use is compared with what is accounted for; then so many bytes that the heap would have
 * been filled many times over.
 */
public final class AttackRun {

  private static final int BENIGN = 200;
  private static final int SEGMENT_BYTES = 1_400;

  private final Frame frame = new Frame();
  private final byte[] packet = new byte[66_000];
  private final MemorySegment segment = MemorySegment.ofArray(packet);
  private final Map<String, Long> rows = new TreeMap<>();
  private final MemoryAnalysis analysis = new MemoryAnalysis(new Counting());
  private long nowNs = 1_700_000_000_000_000_000L;
  private long benignRows;

  /** Counts records, which are written as text and forgotten. */
  private final class Counting implements LogSink {

    @Override
    public <R> LogStream<R> open(LogSchema<R> schema) {
      LineBuffer line = new LineBuffer(256);
      TsvFormat format = new TsvFormat();
      boolean http = schema.path().equals("http");
      return row -> {
        line.truncate(0);
        format.write(schema, row, line);
        rows.merge(schema.path(), 1L, Long::sum);
        if (http && line.toString().contains("/benign")) {
          benignRows++;
        }
      };
    }

    @Override
    public LogSink another() {
      return this;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private void send(
      boolean udp,
      boolean fromClient,
      int client,
      int clientPort,
      int port,
      int flags,
      int sequence,
      int acknowledged,
      byte[] bytes,
      int from,
      int count) {
    ByteBuffer out = ByteBuffer.wrap(packet);
    int head = udp ? 8 : 20;
    out.putShort((short) 0x4500).putShort((short) (20 + head + count)).putInt(0);
    out.put((byte) 64).put((byte) (udp ? 17 : 6)).putShort((short) 0);
    out.putInt(fromClient ? client : 0x0AC80001).putInt(fromClient ? 0x0AC80001 : client);
    out.putShort((short) (fromClient ? clientPort : port));
    out.putShort((short) (fromClient ? port : clientPort));
    if (udp) {
      out.putShort((short) (8 + count)).putShort((short) 0);
    } else {
      out.putInt(sequence).putInt(acknowledged).put((byte) 0x50).put((byte) flags);
      out.putShort((short) 8_000).putInt(0);
    }
    out.put(bytes, from, count);
    nowNs += 2_000;
    frame.wrap(segment, 0, out.position(), out.position(), nowNs);
    analysis.onFrame(frame.origin(LinkType.RAW, 0, false));
  }

  /** Says pieces on a flow of its own; TCP connections stay open unless told otherwise. */
  private void flow(Attack attack, long number, int network, boolean closes) {
    int client = network << 24 | (int) (number >>> 14);
    int clientPort = 1_024 + (int) (number & 0x3FFF);
    byte[] none = {};
    int[] next = {1_001, 5_001};
    if (!attack.udp() && !attack.joined()) {
      send(false, true, client, clientPort, attack.port(), 2, 1_000, 0, none, 0, 0);
      send(false, false, client, clientPort, attack.port(), 0x12, 5_000, 1_001, none, 0, 0);
      send(false, true, client, clientPort, attack.port(), 0x10, 1_001, 5_001, none, 0, 0);
    }
    int index = 0;
    for (Attack.Piece piece : attack.pieces()) {
      byte[] bytes = Attack.of(piece.bytes(), number, index++);
      int side = piece.fromClient() ? 0 : 1;
      int step = attack.udp() ? 65_000 : SEGMENT_BYTES;
      for (int at = 0; at < bytes.length; at += step) {
        int count = Math.min(step, bytes.length - at);
        send(
            attack.udp(),
            piece.fromClient(),
            client,
            clientPort,
            attack.port(),
            0x18,
            next[side],
            next[1 - side],
            bytes,
            at,
            count);
        next[side] += count;
      }
    }
    if (closes) {
      send(false, true, client, clientPort, attack.port(), 0x11, next[0], next[1], none, 0, 0);
      send(false, false, client, clientPort, attack.port(), 0x11, next[1], next[0] + 1, none, 0, 0);
    }
  }

  private static long heapUsed() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private void run(Attack attack, long bytesMin) throws IOException {
    Attack benign =
        new Attack(
            "benign",
            false,
            false,
            80,
            java.util.List.of(
                new Attack.Piece(
                    true,
                    "GET /benign HTTP/1.1\r\nHost: b\r\n\r\n"
                        .getBytes(StandardCharsets.ISO_8859_1)),
                new Attack.Piece(
                    false,
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                        .getBytes(StandardCharsets.ISO_8859_1))));
    flow(benign, 0, 11, true); // classes are loaded
    flow(attack, 0, 12, false);
    benignRows = 0;
    long baseline = heapUsed() - analysis.carriedBytes();
    long number = 1;
    while (analysis.carriedBytes() < analysis.budget() / 3 && number < 12_000) {
      flow(attack, number++, 10, false);
    }
    long used = heapUsed() - baseline - analysis.flowBytes();
    print("accounted", analysis.carriedBytes());
    print("measured", used);
    print("flowsMeasured", number);
    long flows = Math.min(12_000, Math.max(400, bytesMin / Math.max(1, attack.bytes())));
    long done = 0;
    for (long i = 0; i < flows; i++) {
      flow(attack, number++, 10, false);
      if (done < BENIGN && i * BENIGN / flows >= done) {
        flow(benign, ++done, 11, true);
      }
    }
    while (done < BENIGN) {
      flow(benign, ++done, 11, true);
    }
    print("flows", number);
    print("carried", analysis.carriedBytes());
    print("budget", analysis.budget());
    analysis.close();
    print("letGo", analysis.letGo());
    print("failures", analysis.failures());
    print("benignRows", benignRows);
    print("conn", rows.getOrDefault("conn", 0L));
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        print("peakKib", Long.parseLong(line.replaceAll("[^0-9]", "")));
      }
    }
    System.out.println("rows=" + rows);
  }

  private static void print(String key, long value) {
    System.out.println(String.format(Locale.ROOT, "%s=%d", key, value));
  }

  /**
   * Runs attack {@code arguments[0]}, or {@code all}, until it has said {@code arguments[1]} bytes.
   */
  public static void main(String[] arguments) throws IOException {
    for (Attack attack : Attack.ALL.values()) {
      if (arguments[0].equals("all") || arguments[0].equals(attack.name())) {
        System.out.println("attack=" + attack.name());
        new AttackRun().run(attack, Long.parseLong(arguments[1]));
      }
    }
  }
}
