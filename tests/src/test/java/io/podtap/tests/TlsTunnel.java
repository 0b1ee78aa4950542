/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import io.podtap.core.config.Endpoint;
import io.podtap.core.packet.LinkType;
import io.podtap.core.pcap.PacketBlock;
import io.podtap.core.pcap.PcapngWriter;
import io.podtap.core.testing.StallingProxy;
import io.podtap.core.trust.TrustFiles;
import io.podtap.core.trust.authority.Authority;
import io.podtap.core.trust.authority.Authority.Request;
import io.podtap.core.trust.authority.Authority.Usage;
import io.podtap.sensor.AnalysisSettings;
import io.podtap.sensor.Sensor;
import io.podtap.sensor.SensorSettings;
import io.podtap.sensor.ingest.IngestSettings;
import io.podtap.sensor.ingest.StreamListener;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.sink.Rotation;
import io.podtap.sensor.stream.StreamLimits;
import io.podtap.sensor.taps.KnownTaps;
import io.podtap.sensor.track.Tracker;
import io.podtap.tap.command.TapCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/**
 * A whole tap that sends a capture file, a whole sensor, TLS and a path between them that can be
 * disturbed; all in this process and on loopback.
 */
final class TlsTunnel implements AutoCloseable {

  private static final int DAYS = 2;
  private static final int FRAME_BYTES = 300;
  private static final int WAIT_SECONDS = 60;

  /** Of a datagram of 10.0.0.1 port 5000 to 10.0.0.2 port 9999. */
  private static final String FRAME_HEADERS =
      "02000000000202000000000108004500011e00010000" + "401165cc0a0000010a0000021388270f010a0000";

  private final Path folder;
  private final Authority authority;
  private final Sensor sensor;
  private final Thread sensorThread;
  private final StallingProxy path;
  private final List<String> news = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Integer> tapCode = new CompletableFuture<>();

  TlsTunnel(Path folder) throws Exception {
    this.folder = folder;
    authority = Authority.make("tunnel", DAYS);
    rotate("sensor");
    rotate("tap");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    CompletableFuture<Sensor> opened = new CompletableFuture<>();
    sensorThread =
        Thread.ofPlatform()
            .start(() -> {
              Sensor made = Sensor.open(settings(port), news::add);
              opened.complete(made);
              made.run();
            });
    sensor = opened.get(WAIT_SECONDS, TimeUnit.SECONDS);
    path = new StallingProxy(port);
  }

  private SensorSettings settings(int port) {
    Path own = folder.resolve("sensor");
    return new SensorSettings(
        new IngestSettings(
            List.of(),
            new StreamListener(
                Endpoint.parse("127.0.0.1", port),
                TrustFiles.of(
                    own.resolve("tls.crt"), own.resolve("tls.key"), own.resolve("ca.crt")),
                List.of(),
                false,
                StreamLimits.DEFAULT),
            KnownTaps.ANY,
            1 << 20),
        "",
        "",
        AnalysisSettings.standard(Tracker.Settings.standard(1)),
        folder.resolve("logs").toString(),
        LogFormat.named("json"),
        Rotation.NEVER,
        null);
  }

  /** Gives {@code tap} or {@code sensor} a new certificate, each file replaced at once. */
  void rotate(String name) throws IOException {
    Authority.Issued issued =
        authority.issue(
            new Request(
                name,
                List.of("dns:" + name),
                name.equals("sensor") ? Usage.SERVER : Usage.CLIENT,
                DAYS));
    Path target = Files.createDirectories(folder.resolve(name));
    replace(target.resolve("ca.crt"), authority.certificate());
    replace(target.resolve("tls.key"), issued.key());
    replace(target.resolve("tls.crt"), issued.chain());
  }

  private static void replace(Path file, String text) throws IOException {
    Path half = Files.writeString(file.resolveSibling("half"), text);
    Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Begins to send so many packets, at regular intervals. */
  void send(int packets, long microsecondsBetween) throws IOException {
    Path capture = folder.resolve("capture.pcapng");
    Files.write(capture, capture(packets, microsecondsBetween * 1_000));
    Path own = folder.resolve("tap");
    String[] arguments = {
      "--read=" + capture,
      "--speed=" + (microsecondsBetween == 0 ? "max" : "original"),
      "--transport=tls",
      "--sensor=127.0.0.1:" + path.port(),
      "--sensor-name=sensor",
      "--cert=" + own.resolve("tls.crt"),
      "--key=" + own.resolve("tls.key"),
      "--ca=" + own.resolve("ca.crt"),
      "--metrics=0",
      "--count-json=" + tapCounts()
    };
    Thread.ofPlatform()
        .start(() -> tapCode.complete(new CommandLine(new TapCommand()).execute(arguments)));
  }

  private static byte[] capture(int packets, long nanosecondsBetween) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(PcapngWriter.section("test", ""));
    out.writeBytes(
        PcapngWriter.description(new PcapngWriter.Interface("eth0", "", "", LinkType.ETHERNET, 0)));
    int blockBytes = PacketBlock.length(FRAME_BYTES);
    byte[] frame = Arrays.copyOf(HexFormat.of().parseHex(FRAME_HEADERS), FRAME_BYTES);
    long begin = System.currentTimeMillis() * 1_000_000L;
    for (int i = 0; i < packets; i++) {
      byte[] block = new byte[blockBytes];
      MemorySegment memory = MemorySegment.ofArray(block);
      long at =
          PacketBlock.put(
              memory, 0, 0, begin + i * nanosecondsBetween, FRAME_BYTES, FRAME_BYTES, true);
      System.arraycopy(frame, 0, block, (int) at, FRAME_BYTES);
      out.writeBytes(block);
    }
    return out.toByteArray();
  }

  StallingProxy path() {
    return path;
  }

  long received() {
    return sensor.snapshot().ingest().streams().frames();
  }

  /** Returns connections that the sensor has taken. */
  long connections() {
    return sensor.snapshot().ingest().streams().connections().opened();
  }

  List<String> news() {
    return news;
  }

  boolean isTapDone() {
    return tapCode.isDone();
  }

  Path tapCounts() {
    return folder.resolve("tap.json");
  }

  Path tapLog() {
    return folder.resolve("logs/tap.log");
  }

  /**
   * Ends the sensor when the tap has ended and everything has been read. What the sensor says is as
   * old as its last snapshot, which may have been before the connection.
   */
  void finish() throws Exception {
    tapCode.get(WAIT_SECONDS, TimeUnit.SECONDS);
    long tapEndNs = System.currentTimeMillis() * 1_000_000L;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    Sensor.Snapshot now = sensor.snapshot();
    while ((now.timeNs() <= tapEndNs || now.ingest().streams().connections().open() > 0)
        && System.nanoTime() < deadline) {
      Thread.sleep(5);
      now = sensor.snapshot();
    }
    sensor.stop();
    sensorThread.join(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
  }

  @Override
  public void close() throws IOException {
    sensor.stop();
    path.close();
    try {
      sensorThread.join(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
