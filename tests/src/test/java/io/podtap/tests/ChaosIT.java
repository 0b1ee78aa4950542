/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults in random order while an application works: programs are killed, stopped and restarted,
 * the disk is full, the folder of the logs is replaced, key files are damaged, hostile senders
 * reach every port. At the end each finished connection is recorded, or it is accounted for: the
 * sensor or the tap was away, or the sensor counts the record as lost.
 *
 * <p>The system property {@code podtap.chaosSeconds} says how long it goes on, {@code
 * podtap.chaosSeed} repeats a run's order of faults; {@code tests/chaos} sets both.
 */
@RequiresRoot
@Tag("alone")
@RequiresTool({"ethtool", "mount"})
class ChaosIT {

  private static final int SECONDS = Integer.getInteger("podtap.chaosSeconds", 40);
  private static final long SEED = Long.getLong("podtap.chaosSeed", System.nanoTime());

  private static final int BODY_BYTES = 5_000;

  /** Room for the records of the whole run, and little more. */
  private static final String DISK_BYTES = 16 + SECONDS / 10 + "m";

  private static final long PAUSE_MS = 40;

  /** A connection is written some seconds after its end; a killed sensor takes those along. */
  private static final long UNWRITTEN_MS = 8_000;

  /** Around a start and an end of a program: what was on its way. */
  private static final long MARGIN_MS = 1_000;

  private static final String LOST_RECORDS = "podtap_sensor_log_records_lost_total";

  @TempDir private Path folder;

  /** A connection of the client, by its own clock, milliseconds. */
  private record Connection(int port, long beginMs, long endMs) {}

  /** While a program was away; what was not yet written at {@code fromMs} went with it. */
  private record Absence(long fromMs, long toMs) {

    boolean explains(Connection connection) {
      return connection.endMs() >= fromMs && connection.beginMs() <= toMs;
    }
  }

  private final Random random = new Random(SEED);
  private final List<Connection> connections = new CopyOnWriteArrayList<>();
  private final List<Absence> absences = new ArrayList<>();
  private final Map<Integer, Long> lostBySensor = new HashMap<>();

  private PodNetwork network;
  private Traffic application;
  private Certificates certificates;
  private Path disk;
  private Program sensor;
  private Program tap;
  private Program streamTap;
  private int starts;

  @BeforeEach
  void start() throws IOException {
    disk = Files.createDirectory(folder.resolve("disk"));
    Commands.run("mount", "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "podtap", disk.toString());
    network = PodNetwork.create();
    application = new Traffic().serveHttp(network.pod(), 80, BODY_BYTES);
    certificates = Certificates.make(folder, network.sensor().ipv4());
    sensor = newSensor();
    tap = newTap();
    streamTap = newStreamTap();
  }

  @AfterEach
  void stop() {
    for (Program program : List.of(streamTap, tap, sensor)) {
      program.close();
    }
    application.close();
    network.close();
    Commands.run("umount", "-l", disk.toString());
  }

  @Test
  void everyFinishedConnectionIsRecordedOrAccountedFor() throws Exception {
    AtomicBoolean goesOn = new AtomicBoolean(true);
    Thread client = network.client().namespace().thread("client", () -> ask(goesOn));
    List<String> done = disturb();
    goesOn.set(false);
    client.join(TimeUnit.SECONDS.toMillis(20));
    finish(done);
  }

  /** Asks for one page after the other, each over a connection of its own. */
  private void ask(AtomicBoolean goesOn) {
    byte[] request =
        "GET / HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    InetSocketAddress server =
        new InetSocketAddress(InetAddress.ofLiteral(network.pod().ipv4()), 80);
    while (goesOn.get()) {
      long beginMs = System.currentTimeMillis();
      try (Socket socket = new Socket()) {
        socket.connect(server, 10_000);
        socket.setSoTimeout(10_000);
        int port = socket.getLocalPort();
        socket.getOutputStream().write(request);
        assertThat(socket.getInputStream().readAllBytes().length).isGreaterThan(BODY_BYTES);
        connections.add(new Connection(port, beginMs, System.currentTimeMillis()));
      } catch (IOException e) {
        throw new UncheckedIOException("the application is harmed", e);
      }
      Program.pause(PAUSE_MS);
    }
  }

  /** Returns the faults in their order. */
  private List<String> disturb() throws Exception {
    List<String> done = new ArrayList<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    Program.pause(2_000);
    while (System.nanoTime() < end) {
      String fault = next();
      done.add(fault);
      countLostRecords();
      Program.pause(500 + random.nextInt(2_000));
    }
    return done;
  }

  private String next() throws Exception {
    return switch (random.nextInt(9)) {
      case 0 -> killSensor();
      case 1 -> restartSensor();
      case 2 -> killTap();
      case 3 -> fillDisk();
      case 4 -> replaceFolder();
      case 5 -> damageKey();
      case 6 -> floodTunnel();
      case 7 -> holdConnections();
      default -> stopFor(random.nextBoolean() ? sensor : tap);
    };
  }

  private Program newSensor() {
    starts++;
    List<String> arguments =
        new ArrayList<>(List.of("sensor", "--listen", "0.0.0.0:4789", "--listen-tls", "0.0.0.0"));
    arguments.addAll(certificates.options(Certificates.SENSOR));
    arguments.addAll(List.of("--logs", disk.resolve("logs").toString()));
    return Program.start(
            network.sensor(), folder, "sensor-" + starts, arguments.toArray(String[]::new))
        .awaitReady();
  }

  private Program newTap() {
    return TapRun.startTap(network.pod(), folder, network.sensor().ipv4());
  }

  /** A second tap, of the client, whose packets come as a stream. */
  private Program newStreamTap() {
    List<String> arguments =
        new ArrayList<>(
            List.of("tap", "--interface", "eth0", "--sensor", network.sensor().ipv4(), "--vni"));
    arguments.addAll(List.of("43", "--transport", "tls", "--metrics", "0"));
    arguments.addAll(List.of("--count-json", folder.resolve("stream.json").toString()));
    arguments.addAll(certificates.options(Certificates.TAP));
    return Program.start(network.client(), folder, "stream", arguments.toArray(String[]::new))
        .awaitReady();
  }

  private String killSensor() {
    countLostRecords();
    long fromMs = System.currentTimeMillis() - UNWRITTEN_MS;
    sensor.signal("KILL");
    sensor.await();
    sensor = newSensor();
    absences.add(new Absence(fromMs, System.currentTimeMillis() + MARGIN_MS));
    return "sensor killed";
  }

  private String restartSensor() {
    countLostRecords();
    long fromMs = System.currentTimeMillis() - MARGIN_MS;
    assertThat(sensor.stop()).as(sensor.errorOutput()).isZero();
    sensor = newSensor();
    absences.add(new Absence(fromMs, System.currentTimeMillis() + MARGIN_MS));
    return "sensor restarted";
  }

  private String killTap() {
    long fromMs = System.currentTimeMillis() - MARGIN_MS;
    tap.signal("KILL");
    tap.await();
    tap = newTap();
    absences.add(new Absence(fromMs, System.currentTimeMillis() + MARGIN_MS));
    return "tap killed";
  }

  private String fillDisk() throws IOException {
    Path filler = disk.resolve("filler");
    try (var out = Files.newOutputStream(filler)) {
      byte[] zeros = new byte[64 << 10];
      while (true) {
        out.write(zeros);
      }
    } catch (IOException e) {
      Program.pause(1_500); // full
    }
    countLostRecords();
    Files.delete(filler);
    return "disk full";
  }

  private String replaceFolder() throws IOException {
    Path logs = disk.resolve("logs");
    Awaitility.await("the sensor makes its folder again")
        .atMost(Duration.ofSeconds(10))
        .until(() -> Files.isDirectory(logs));
    Path old = disk.resolve("old-" + System.nanoTime());
    Files.move(logs, old);
    if (random.nextBoolean()) {
      Files.createDirectory(logs);
    }
    if (random.nextBoolean()) {
      return "folder replaced";
    }
    try (Stream<Path> files = Files.list(old)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(old);
    absences.add(new Absence(0, System.currentTimeMillis())); // records until now went with it
    return "folder removed";
  }

  private String damageKey() throws IOException {
    Path key = Path.of(certificates.file(Certificates.SENSOR, "tls.key"));
    String good = Files.readString(key);
    int half = good.length() / 2;
    List<String> damages =
        List.of("", good.substring(0, half), good.substring(0, half) + "!*" + good.substring(half));
    Files.writeString(key, damages.get(random.nextInt(damages.size())));
    Program.pause(1_500);
    Files.writeString(key, good);
    streamTap.stop();
    streamTap = newStreamTap();
    return "key damaged";
  }

  /** Anybody may send datagrams: garbage, and reports in the name of others. */
  private String floodTunnel() {
    network
        .client()
        .namespace()
        .execute(() -> {
          try (DatagramSocket socket = new DatagramSocket()) {
            InetSocketAddress to =
                new InetSocketAddress(InetAddress.ofLiteral(network.sensor().ipv4()), 4_789);
            byte[] header = {8, 0, 0, 0, 0, 0, 1, 0};
            for (int i = 0; i < 2_000; i++) {
              byte[] report =
                  ("podtap-report 1\ntap.id=" + i + "\nstart=1\nsequence=" + i + "\nsent=9\n")
                      .getBytes(StandardCharsets.UTF_8);
              byte[] bytes = new byte[22 + report.length];
              random.nextBytes(bytes);
              System.arraycopy(header, 0, bytes, 0, header.length);
              if (i % 2 == 0) {
                bytes[20] = (byte) 0x88;
                bytes[21] = (byte) 0xB5;
                System.arraycopy(report, 0, bytes, 22, report.length);
              }
              bytes[5] = (byte) (i >> 4);
              socket.send(new DatagramPacket(bytes, bytes.length, to));
              if (i % 50 == 0) {
                Program.pause(2);
              }
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return "hostile datagrams";
  }

  /** Connections that say nothing, at every TCP port of the sensor. */
  private String holdConnections() {
    network
        .client()
        .namespace()
        .execute(() -> {
          List<Socket> held = new ArrayList<>();
          try {
            for (int i = 0; i < 150; i++) {
              Socket socket = new Socket();
              held.add(socket);
              int port = i % 2 == 0 ? 6_343 : 9_095;
              socket.connect(
                  new InetSocketAddress(InetAddress.ofLiteral(network.sensor().ipv4()), port),
                  2_000);
            }
          } catch (IOException e) {
            // turned away, which is right
          }
          Program.pause(500);
          for (Socket socket : held) {
            try {
              socket.close();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        });
    return "silent connections";
  }

  private String stopFor(Program program) {
    program.signal("STOP");
    Program.pause(1_000 + random.nextInt(1_500));
    program.signal("CONT");
    return (program == sensor ? "sensor" : "tap") + " stopped";
  }

  /** Keeps the newest count of each sensor, as a killed one takes its count along. */
  private void countLostRecords() {
    String text =
        Awaitility.await("metrics of " + sensor.errorOutput())
            .atMost(Duration.ofSeconds(10))
            .ignoreExceptions()
            .until(this::metrics, read -> !read.isEmpty());
    long lost =
        text.lines()
            .filter(line -> line.startsWith(LOST_RECORDS))
            .mapToLong(line -> Math.round(Double.parseDouble(line.split(" ", -1)[1])))
            .sum();
    lostBySensor.put(starts, lost);
  }

  private String metrics() {
    return network.sensor().namespace().call(() -> get("http://127.0.0.1:9095/metrics"));
  }

  private static String get(String uri) {
    try {
      var connection = URI.create(uri).toURL().openConnection();
      connection.setConnectTimeout(5_000);
      connection.setReadTimeout(5_000);
      try (var in = connection.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void finish(List<String> done) throws IOException {
    assertThat(streamTap.stop()).as(streamTap.errorOutput()).isZero();
    assertThat(tap.stop()).as(tap.errorOutput()).isZero();
    Program.pause(500); // the last reports arrive
    countLostRecords();
    assertThat(sensor.stop()).as(sensor.errorOutput()).isZero();
    Logs.ledger(folder.resolve("tap.json")).requireBalance();
    Logs.ledger(folder.resolve("stream.json")).requireBalance();

    Map<Integer, Integer> recorded = recordedByPort();
    long missing =
        connections.stream()
            .filter(connection -> recorded.getOrDefault(connection.port(), 0) == 0)
            .filter(connection -> absences.stream().noneMatch(gap -> gap.explains(connection)))
            .count();
    long lost = lostBySensor.values().stream().mapToLong(Long::longValue).sum();
    System.out.printf(
        "chaos: seed %d, %d s: %s; %d connections, %d without a record, %d records counted as"
            + " lost%n",
        SEED, SECONDS, done, connections.size(), missing, lost);
    assertThat(connections.size()).isGreaterThan(SECONDS);
    assertThat(missing)
        .as("unaccounted with seed %d after %s", SEED, done)
        .isLessThanOrEqualTo(lost);
  }

  /** Records of all folders that the logs were in, whole lines only. */
  private Map<Integer, Integer> recordedByPort() throws IOException {
    Map<Integer, Integer> byPort = new HashMap<>();
    try (Stream<Path> files = Files.walk(disk)) {
      for (Path log : files.filter(file -> file.endsWith("conn.log")).toList()) {
        for (Logs.Row row : Logs.json(log)) {
          if (row.count("id.resp_p") == 80) {
            byPort.merge((int) row.count("id.orig_p"), 1, Integer::sum);
          }
        }
      }
    }
    return byPort;
  }
}
