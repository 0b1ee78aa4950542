/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/**
 * A real broker in a process of its own on the loopback address: broker and controller in one, its
 * data in a folder. Can be killed, stopped for a while, and started again with the same data.
 */
public final class LocalBroker implements AutoCloseable {

  /** What settings of the listener with TLS and passwords begin with. */
  public static final String SECURED = "listener.name.secured.";

  private static final int NODE = 1;

  private final Path folder;
  private final int port = freePort();
  private final int securedPort = freePort();
  private final int controllerPort = freePort();
  private @Nullable Process process;

  /**
   * Prepares the data; the broker is not started.
   *
   * @param options settings of the broker beside the necessary; with any of {@link #SECURED} it has
   *     a listener of SASL over TLS as well
   */
  public LocalBroker(Path folder, Map<String, String> options) throws Exception {
    this.folder = folder;
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "" + NODE);
    settings.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
    settings.put("controller.listener.names", "CONTROLLER");
    String listeners = "PLAINTEXT://127.0.0.1:" + port;
    if (options.keySet().stream().anyMatch(option -> option.startsWith(SECURED))) {
      listeners += ",SECURED://127.0.0.1:" + securedPort;
      settings.put(
          "listener.security.protocol.map",
          "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_SSL");
    }
    settings.put("listeners", listeners + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", listeners);
    settings.put("log.dirs", folder.resolve("data").toString());
    settings.put("num.partitions", "4");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.putAll(options);
    List<String> lines = new ArrayList<>();
    settings.forEach((key, value) -> lines.add(key + '=' + value));
    Files.write(folder.resolve("server.properties"), lines);
    format();
  }

  private void format() throws Exception {
    String data = Files.createDirectories(folder.resolve("data")).toString();
    Formatter formatter =
        new Formatter()
            .setClusterId(Uuid.randomUuid().toString())
            .setNodeId(NODE)
            .setControllerListenerName("CONTROLLER")
            .setMetadataLogDirectory(data)
            .setDirectories(new TreeSet<>(List.of(data)));
    formatter.run();
  }

  /** Returns where clients find it. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Returns where clients find it that speak SASL over TLS. */
  public String securedAddress() {
    return "127.0.0.1:" + securedPort;
  }

  /** Starts the process; it serves some seconds later. */
  public LocalBroker start() throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "kafka.Kafka",
                folder.resolve("server.properties").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("out").toFile()))
            .start();
    return this;
  }

  /** Ends the process at once, as a crash does. */
  public void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().onExit().join();
      process = null;
    }
  }

  /** Lets the process stand still, with its connections open, or go on. */
  public void standStill(boolean still) throws IOException, InterruptedException {
    Process running = process;
    if (running != null) {
      new ProcessBuilder("kill", still ? "-STOP" : "-CONT", "" + running.pid()).start().waitFor();
    }
  }

  @Override
  public void close() {
    kill();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
