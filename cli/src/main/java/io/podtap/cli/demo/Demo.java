/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.demo;

import io.podtap.core.agent.Threads;
import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import io.podtap.core.linux.Privileges;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Shows the main job.
 *
 * <ol>
 *   <li>a network: client, pod and sensor, each in a namespace of its own
 *   <li>a sensor, and a tap in the pod's namespace
 *   <li>traffic from the client to the pod: DNS, HTTP, bulk; IPv4 and IPv6
 *   <li>connection records as they arrive
 *   <li>the ledger, which adds up
 *   <li>everything removed, also on Ctrl-C
 * </ol>
 *
 * Without root a bundled capture takes the place of network and traffic.
 */
@Command(
    name = "demo",
    description = "Demonstrate tap and sensor with real packets, in separate network namespaces.")
public final class Demo implements Program {

  /** Exit code of a program that was interrupted: 128 and SIGINT's number. */
  private static final int INTERRUPTED = 130;

  private static final int VNI = 42;
  private static final int POLL_MS = 200;

  /** Longer than Zeek's linger of closed TCP connections, so that records arrive by themselves. */
  private static final int RECORDS_WAIT_MS = 6_500;

  private static final int START_WAIT_MS = 10_000;

  @Option(
      names = "--keep-logs",
      paramLabel = "DIR",
      description = "Keep logs and program output in this folder.")
  private @Nullable Path keepLogs;

  @Option(names = "--encrypted", description = "Send over TLS instead of VXLAN.")
  private boolean encrypted;

  @Option(
      names = "--attack",
      description = "Show an attack instead, and what the sensor's notices say of it.")
  private boolean attack;

  @Option(
      names = "--bulk-bytes",
      paramLabel = "BYTES",
      description = "Bytes of each bulk transfer (default: ${DEFAULT-VALUE}).")
  private long bulkBytes = 50_000_000;

  private final PrintWriter out =
      new PrintWriter(new java.io.OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);

  @Override
  public Integer call() throws IOException {
    if (encrypted && !mayMakeNamespaces()) {
      throw new SettingsException("--encrypted needs root to create the demo's network");
    }
    if (attack && !mayMakeNamespaces()) {
      throw new SettingsException("--attack needs root to create the demo's network");
    }
    Path folder = makeFolder();
    Undo undo = new Undo();
    if (keepLogs == null) {
      undo.add(() -> deleteFolder(folder));
    }
    Thread onInterrupt = Threads.unstarted("demo-undo", undo::interrupt);
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try (undo) {
      boolean balanced =
          attack
              ? new DemoAttack(out).run(folder, undo)
              : mayMakeNamespaces() ? runInNetwork(folder, undo) : runFromCapture(folder, undo);
      if (keepLogs != null) {
        out.printf("%nLogs are in %s.%n", folder);
      }
      out.println(
          "Next: README.md explains how to tap your own interface and how to read the logs.");
      return balanced ? 0 : 1;
    } catch (IOException | RuntimeException e) {
      if (undo.isInterrupted()) {
        return INTERRUPTED; // what fails while everything is being removed is no news
      }
      throw e;
    }
  }

  private Path makeFolder() throws IOException {
    if (keepLogs == null) {
      return Files.createTempDirectory("podtap-demo");
    }
    try {
      Files.createDirectories(keepLogs);
    } catch (IOException e) {
      throw new SettingsException("log folder '" + keepLogs + "' cannot be created", e);
    }
    if (!Files.isWritable(keepLogs)) {
      throw new SettingsException("log folder '" + keepLogs + "' is not writable");
    }
    return keepLogs;
  }

  private static boolean mayMakeNamespaces() {
    return Privileges.read().has(Privileges.CAP_SYS_ADMIN);
  }

  private boolean runInNetwork(Path folder, Undo undo) throws IOException {
    out.println("A client, a pod and a sensor, each in its own network namespace, on one bridge.");
    DemoNetwork network = undo.add(new DemoNetwork());
    network.make();
    Children children = undo.add(new Children(folder));
    DemoNetwork.Host pod = network.pod();
    Path logs = folder.resolve("logs");
    Path countFile = folder.resolve("tap.json");

    DemoTunnel tunnel =
        encrypted ? DemoTunnel.tls(network.sensor(), folder) : DemoTunnel.vxlan(network.sensor());
    Process sensor =
        children.start(
            "sensor",
            network.sensor().namespace(),
            with(
                List.of("sensor", "--logs", logs.toString(), "--format", "tsv", "--metrics", "0"),
                tunnel.sensor()));
    awaitOutput(children.output("sensor"), sensor, "sensor");
    Process tap =
        children.start(
            "tap",
            pod.namespace(),
            with(
                List.of(
                    "tap",
                    "--interface",
                    "eth0",
                    "--metrics",
                    "0",
                    "--count-json",
                    countFile.toString()),
                tunnel.tap()));
    awaitOutput(children.output("tap"), tap, "tap");
    Process server =
        children.start(
            "server",
            pod.namespace(),
            List.of("demo-server", "--keystore", makeKeyStore(folder).toString()));
    String addresses = pod.ipv4() + "," + pod.ipv6();
    run(
        children,
        "probe",
        network.client().namespace(),
        List.of("demo-client", "--probe", "--pod", addresses));

    out.printf(
        "The tap mirrors the pod's eth0 to %s %s. The client asks for names and pages, in"
            + " clear%ntext and by TLS, then for 2 x %,d bytes. Connection records, and what was"
            + " said, as the sensor writes them:%n%n",
        network.sensor().ipv4(), tunnel.description(), bulkBytes);
    Evidence evidence = new Evidence(logs, out);
    evidence.printHead();
    Process client =
        children.start(
            "client",
            network.client().namespace(),
            List.of(
                "demo-client",
                "--tls",
                "--pod",
                addresses,
                "--bulk-bytes",
                Long.toString(bulkBytes)));
    follow(evidence, client);
    requireSuccess(children, "client", children.await(client, 1));
    children.stop(server, 2);
    children.stop(tap, 3);
    children.stop(sensor, 5);
    evidence.printNew();
    return new DemoLedger(out).print(logs.resolve("tap.log"), countFile, evidence.records());
  }

  private static List<String> with(List<String> options, List<String> more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(more);
    return all;
  }

  /**
   * Makes the pod's certificate with the runtime's own keytool: good for a day, for nothing else.
   */
  private static Path makeKeyStore(Path folder) throws IOException {
    Path file = folder.resolve("pod.p12");
    Files.deleteIfExists(file);
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "pod",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + DemoServer.TLS_NAME,
                "-validity",
                "1",
                "-storepass",
                DemoServer.KEYSTORE_PASSWORD,
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!Files.exists(file)) {
      throw new SettingsException("the demo's certificate could not be made: " + said.strip());
    }
    return file;
  }

  private boolean runFromCapture(Path folder, Undo undo) throws IOException {
    out.println(
        "Not root: no namespaces and no packet sockets here. A bundled capture of the same traffic"
            + " goes");
    out.println("through the same stages over loopback instead: tap --read, VXLAN, sensor.");
    Children children = undo.add(new Children(folder));
    Path capture = folder.resolve("demo.pcap");
    try (InputStream in = Demo.class.getResourceAsStream("demo.pcap")) {
      if (in == null) {
        throw new IllegalStateException("demo.pcap is not in the image");
      }
      Files.copy(in, capture, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    Path logs = folder.resolve("logs");
    Path countFile = folder.resolve("tap.json");
    String address = "127.0.0.1:" + freePort();
    Process sensor =
        children.start(
            "sensor",
            "",
            List.of(
                "sensor",
                "--listen",
                address,
                "--logs",
                logs.toString(),
                "--format",
                "tsv",
                "--metrics",
                "0"));
    awaitOutput(children.output("sensor"), sensor, "sensor");
    out.printf("%nConnection records, and what was said, as the sensor writes them:%n%n");
    Evidence evidence = new Evidence(logs, out);
    evidence.printHead();
    run(
        children,
        "tap",
        "",
        List.of(
            "tap",
            "--read",
            capture.toString(),
            "--speed",
            "max",
            "--sensor",
            address,
            "--vni",
            Integer.toString(VNI),
            "--metrics",
            "0",
            "--count-json",
            countFile.toString()));
    children.stop(sensor, 5);
    evidence.printNew();
    return new DemoLedger(out).print(logs.resolve("tap.log"), countFile, evidence.records());
  }

  /** Prints records while the client works and for as long as closed connections linger. */
  private void follow(Evidence evidence, Process client) throws IOException {
    long quietSinceNs = System.nanoTime();
    while (client.isAlive()
        || System.nanoTime() - quietSinceNs < TimeUnit.MILLISECONDS.toNanos(RECORDS_WAIT_MS)) {
      if (client.isAlive()) {
        quietSinceNs = System.nanoTime();
      }
      evidence.printNew();
      pause();
    }
  }

  static void run(Children children, String name, String namespace, List<String> arguments)
      throws IOException {
    requireSuccess(children, name, children.await(children.start(name, namespace, arguments), 30));
  }

  private static void requireSuccess(Children children, String name, int code) throws IOException {
    if (code != 0) {
      throw new SettingsException(
          "the demo's " + name + " ended with " + code + ": " + lastLine(children.output(name)));
    }
  }

  /** Waits until a child has printed its first line, which it does when it is ready. */
  static void awaitOutput(Path output, Process process, String name) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_WAIT_MS);
    while (Files.size(output) == 0) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new SettingsException("the demo's " + name + " did not start: " + lastLine(output));
      }
      pause();
    }
    if (!process.isAlive() && process.exitValue() != 0) {
      throw new SettingsException("the demo's " + name + " did not start: " + lastLine(output));
    }
  }

  /** Of an exception that is its cause, not where it came from. */
  private static String lastLine(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
        .reduce((former, line) -> line)
        .orElse("it printed nothing");
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
      return socket.getLocalPort();
    }
  }

  static void pause() {
    try {
      Thread.sleep(POLL_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static void deleteFolder(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
