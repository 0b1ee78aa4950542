/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import io.podtap.core.testing.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Client, pod and sensor on a bridge, each a namespace with an {@code eth0}, and the programs that
 * wait there: servers in the pod, a counting receiver at the sensor.
 */
final class Testbed {

  static final String POD = "10.70.0.2";
  static final String SENSOR = "10.70.0.3";

  private static final int HTTP_PORT = 8_080;
  private static final int DISCARD_PORT = 9_000;
  private static final String VXLAN_PORT = "4789";
  private static final String STREAM_PORT = "6343";
  private static final Pattern RECEIVED = Pattern.compile("([0-9.]+) Mbits/sec +receiver");

  /**
   * The client's own counters.
   *
   * @param bytes on its interface, both directions
   * @param packets as on a wire: the segments of a super-frame count each
   */
  record Traffic(double bytes, double packets) {}

  /**
   * What the sensor received since the last reset.
   *
   * @param bytes without the VXLAN headers
   * @param firstNanoseconds wall clock of the first one, 0 before
   */
  record Mirrored(double datagrams, double bytes, double firstNanoseconds) {}

  private final Cleanup cleanup;
  private final String congestionControl;
  private final Path programs;
  private final NetworkNamespace client;
  private final NetworkNamespace pod;
  private final NetworkNamespace sensor;
  private final Dialogue sensorSink;
  private final Dialogue podSink;
  private final Dialogue httpClient;

  /**
   * Compiles the C programs in {@code sources}, makes the hosts and starts their programs.
   *
   * @param cleanup ends the programs, deletes namespaces and files
   * @param congestionControl of TCP on all hosts
   * @param application a shell's first words before it starts the HTTP server, for a control group
   * @param isSniffed whether the sensor answers no probes
   */
  Testbed(
      Path sources,
      Cleanup cleanup,
      String congestionControl,
      String application,
      boolean isSniffed)
      throws IOException {
    this.cleanup = cleanup;
    this.congestionControl = congestionControl;
    programs = Files.createTempDirectory("podtap-bench");
    cleanup.add(() -> deleteTree(programs));
    for (String name : new String[] {"blaster", "sink", "sendmmsg_tap"}) {
      Commands.compile(sources.resolve(name + ".c"), programs.resolve(name));
    }
    NetworkNamespace bridge = namespace("bridge");
    // No relearning: else a mirrored packet would once in a while go to every port.
    bridge.run("ip", "link", "add", "br0", "type", "bridge", "ageing_time", "1000000");
    bridge.run("ip", "link", "set", "br0", "up");
    client = host(bridge, "client", 1);
    pod = host(bridge, "pod", 2);
    sensor = host(bridge, "sensor", 3);
    // Each learns where the other is, before anything is counted.
    pod.run(program("blaster"), SENSOR, VXLAN_PORT, "1", "1", "1", "1");
    client.run(program("blaster"), POD, "" + DISCARD_PORT, "1", "1", "1", "1");
    List<String> receiver = new ArrayList<>(List.of(program("sink"), VXLAN_PORT, "vxlan"));
    if (!isSniffed) {
      receiver.add("receipts");
    }
    sensorSink = new Dialogue(sensor.start(receiver.toArray(String[]::new)));
    podSink = new Dialogue(pod.start(program("sink"), Integer.toString(DISCARD_PORT)));
    Process iperf = pod.start("iperf3", "-s");
    Thread.ofPlatform().daemon().start(() -> drain(iperf));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path");
    String http = HttpProgram.class.getName();
    startInPod(
        application,
        String.join(" ", "exec", java, "-cp", classes, http, "server", "" + HTTP_PORT));
    pause(1_000);
    httpClient =
        new Dialogue(client.start(java, "-cp", classes, http, "client", POD, "" + HTTP_PORT));
    sensorSink.ask("reset");
  }

  private NetworkNamespace namespace(String role) {
    NetworkNamespace namespace = cleanup.add(NetworkNamespace.create("bench-" + role));
    namespace.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
    namespace.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
    namespace.run("sysctl", "-qw", "net.ipv4.tcp_congestion_control=" + congestionControl);
    return namespace;
  }

  private NetworkNamespace host(NetworkNamespace bridge, String role, int number) {
    NetworkNamespace host = namespace(role);
    String port = "v" + number;
    host.connect("eth0", bridge, port);
    bridge.run("ip", "link", "set", port, "master", "br0");
    host.address("eth0", "10.70.0." + number + "/24");
    return host;
  }

  private static void drain(Process process) {
    try (var output = process.getInputStream()) {
      output.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      System.err.println("bench: output of a helper program: " + e.getMessage());
    }
  }

  /** Waits; an interrupt ends the benchmark. */
  static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Returns the path of a compiled C program. */
  String program(String name) {
    return programs.resolve(name).toString();
  }

  /** Returns a file's path in a folder that goes away with the testbed. */
  Path file(String name) {
    return programs.resolve(name);
  }

  /** Returns the folder of certificates, which {@link #listenEncrypted} makes. */
  Path pki() {
    return programs.resolve("pki");
  }

  /**
   * Has the sensor take streams over TLS, one after the other, and throw them away.
   *
   * @param launcher makes the certificates
   */
  void listenEncrypted(String launcher) throws IOException {
    Commands.run(launcher, "pki", "--dir", pki().toString(), "--sensor", SENSOR, "--tap", "bench");
    String own = pki().resolve("sensor").toString();
    sensor.start(
        "sh",
        "-c",
        ("exec openssl s_server -accept %s -tls1_3 -quiet -Verify 2 -cert %s/tls.crt"
                + " -key %s/tls.key -CAfile %s/ca.crt >/dev/null 2>&1")
            .formatted(STREAM_PORT, own, own, own));
  }

  NetworkNamespace pod() {
    return pod;
  }

  /**
   * Starts a shell command in the pod.
   *
   * @param prefix a shell's first words before it enters the pod: inside, {@code /sys} is another
   */
  Process startInPod(String prefix, String command) throws IOException {
    String enter = prefix + "exec ip netns exec " + pod.name() + " sh -c \"$0\"";
    Process process =
        new ProcessBuilder("sh", "-c", enter, command).redirectErrorStream(true).start();
    cleanup.add(process::destroyForcibly);
    return process;
  }

  /** Starts a trickle of small datagrams from client to pod, a thousand a second for a minute. */
  Process trickle() {
    return client.start(program("blaster"), POD, "" + DISCARD_PORT, "1000", "60", "64", "64");
  }

  Mirrored mirrored() throws IOException {
    return mirrored("");
  }

  /** Sets what the sensor counted to zero. */
  void resetMirrored() throws IOException {
    mirrored("reset");
  }

  private Mirrored mirrored(String line) throws IOException {
    double[] numbers = sensorSink.ask(line);
    return new Mirrored(numbers[0], numbers[1] - 8 * numbers[0], numbers[2]);
  }

  /** Reads the client's counters: {@code /proc/net/snmp} counts segments, the device bytes. */
  Traffic traffic() {
    String text = client.run("cat", "/proc/net/snmp", "/proc/net/dev");
    double packets =
        snmp(text, "Tcp", "InSegs")
            + snmp(text, "Tcp", "OutSegs")
            + snmp(text, "Udp", "InDatagrams")
            + snmp(text, "Udp", "OutDatagrams");
    Matcher device = Pattern.compile("eth0: *(.*)").matcher(text);
    if (!device.find()) {
      throw new IllegalStateException("no eth0 in " + text);
    }
    String[] fields = device.group(1).split(" +", -1);
    return new Traffic(Double.parseDouble(fields[0]) + Double.parseDouble(fields[8]), packets);
  }

  private static double snmp(String text, String protocol, String name) {
    String[] names = new String[0];
    for (String line : text.split("\n", -1)) {
      if (line.startsWith(protocol + ": ")) {
        String[] words = line.split(" ", -1);
        for (int i = 0; i < names.length; i++) {
          if (names[i].equals(name)) {
            return Double.parseDouble(words[i]);
          }
        }
        names = words;
      }
    }
    throw new IllegalStateException("no " + protocol + " " + name + " in /proc/net/snmp");
  }

  /** One TCP connection at a steady rate. */
  Load bulk(int megabits) {
    return load(
        "bulk TCP " + megabits + " Mbit/s",
        seconds -> {
          String output =
              client.run("iperf3", "-c", POD, "-t", "" + seconds, "-b", megabits + "M", "-f", "m");
          Matcher matcher = RECEIVED.matcher(output);
          if (!matcher.find()) {
            throw new IOException("iperf3: " + output);
          }
          return new Load.Outcome(Double.parseDouble(matcher.group(1)), "Mbit/s", Double.NaN);
        });
  }

  /** Datagrams at a steady rate, sizes uniform between the two. */
  Load datagrams(String name, int perSecond, int sizeMin, int sizeMax) {
    return load(
        String.format(Locale.ROOT, "%s %d k/s", name, perSecond / 1_000),
        seconds -> {
          podSink.ask("reset");
          client.run(
              program("blaster"),
              POD,
              "" + DISCARD_PORT,
              "" + perSecond,
              "" + seconds,
              "" + sizeMin,
              "" + sizeMax);
          pause(100);
          return new Load.Outcome(
              podSink.ask("")[0] / seconds / 1_000, "k datagrams/s", Double.NaN);
        });
  }

  /** Requests over kept connections; {@code rate} 0 is as fast as the answers come. */
  Load requests(String name, double rate) {
    return load(
        name,
        seconds -> {
          double[] answer = httpClient.ask(String.format(Locale.ROOT, "%.1f %d", rate, seconds));
          return new Load.Outcome(answer[0], "requests/s", answer[2]);
        });
  }

  private interface Run {
    Load.Outcome run(int seconds) throws IOException;
  }

  private static Load load(String name, Run run) {
    return new Load() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Outcome run(int seconds) throws IOException {
        return run.run(seconds);
      }
    };
  }

  private static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
