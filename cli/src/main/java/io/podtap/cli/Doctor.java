/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli;

import io.podtap.core.capture.InterfaceCapture;
import io.podtap.core.capture.RingSettings;
import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.FilterCompiler;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.Privileges;
import io.podtap.core.linux.UdpSocket;
import io.podtap.core.packet.LinkType;
import io.podtap.tap.send.SendQueue;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code podtap doctor}: tries everything that a tap, a sensor and the demo need on this machine,
 * and names the remedy.
 */
@Command(
    name = "doctor",
    description = "Report what this machine supports, what is missing, and how to fix it.")
public final class Doctor implements Program {

  /** One finding. */
  record Finding(String subject, Level level, String text) {}

  enum Level {
    OK("ok"),
    LESS("less"),
    MISSING("MISSING");

    private final String word;

    Level(String word) {
      this.word = word;
    }
  }

  @Option(
      names = "--sensor",
      paramLabel = "SENSOR",
      description = "Find sensors as podtap tap --sensor does on this machine.")
  private String sensor = "";

  @Option(
      names = "--sensor-namespace",
      paramLabel = "NAMESPACE",
      description = "Namespace of the sensor's pods and services (default: this pod's).")
  private String sensorNamespace = "";

  @Option(
      names = "--service-account",
      paramLabel = "FOLDER",
      description = "Folder with token, ca.crt and namespace (default: ${DEFAULT-VALUE}).")
  private Path serviceAccount = ServiceAccount.USUAL_FOLDER;

  @Override
  public Integer call() {
    PrintWriter out =
        new PrintWriter(new java.io.OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);
    List<Finding> findings =
        new ArrayList<>(
            List.of(
                java(),
                kernel(),
                privileges(),
                capture(),
                segmentation(),
                mark(),
                filter(),
                iproute()));
    if (!sensor.isBlank()) {
      findings.add(
          SensorSearch.look(
              sensor, sensorNamespace, ServiceAccount.of(System.getenv(), serviceAccount)));
    }
    boolean complete = true;
    for (Finding finding : findings) {
      out.printf(
          Locale.ROOT, "%-12s %-8s %s%n", finding.subject(), finding.level().word, finding.text());
      complete &= finding.level() != Level.MISSING;
    }
    return complete ? 0 : 1;
  }

  private static Finding java() {
    String version = Runtime.version().toString();
    return Runtime.version().feature() >= 25
        ? new Finding("java", Level.OK, version)
        : new Finding("java", Level.MISSING, version + "; Podtap needs 25 or newer");
  }

  private static Finding kernel() {
    return new Finding("kernel", Level.OK, System.getProperty("os.version"));
  }

  private static Finding privileges() {
    return new Finding("privileges", Level.OK, Privileges.read().describe());
  }

  private static Finding capture() {
    try (InterfaceCapture capture =
        InterfaceCapture.open("lo", 0, RingSettings.DEFAULT, LoopGuard.NONE, "")) {
      return new Finding(
          "capture", Level.OK, "packet ring with offload information on " + capture.device());
    } catch (LinuxException | SettingsException e) {
      return new Finding(
          "capture",
          Level.MISSING,
          message(e) + "; run as root or grant CAP_NET_RAW (sensor and read work without)");
    }
  }

  private static Finding segmentation() {
    try (UdpSocket socket = UdpSocket.open(false)) {
      return socket.supportsSegmentation()
          ? new Finding(
              "send",
              Level.OK,
              "UDP_SEGMENT: up to " + SendQueue.BATCH_DATAGRAMS_MAX + " packets in one call")
          : new Finding(
              "send", Level.LESS, "no UDP_SEGMENT (Linux 4.18): sendmmsg, several times the CPU");
    } catch (LinuxException e) {
      return new Finding("send", Level.MISSING, message(e));
    }
  }

  private static Finding mark() {
    return Privileges.read().canMark()
        ? new Finding("loop guard", Level.OK, "own packets are recognized by SO_MARK")
        : new Finding(
            "loop guard",
            Level.LESS,
            "no SO_MARK (Linux 5.17, CAP_NET_RAW): own packets are recognized by ports and addresses");
  }

  private static Finding filter() {
    try {
      FilterCompiler.compile("tcp port 80", LinkType.ETHERNET);
      return new Finding("filter", Level.OK, "libpcap compiles filters");
    } catch (SettingsException e) {
      return new Finding("filter", Level.LESS, message(e));
    }
  }

  private static Finding iproute() {
    return onPath("ip")
        .map(path -> new Finding("demo", Level.OK, "network namespaces with " + path))
        .orElse(
            new Finding(
                "demo",
                Level.LESS,
                "no program ip: apt-get install iproute2, for the demo with real packets"));
  }

  private static Optional<Path> onPath(String program) {
    for (String folder :
        System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").split(":", -1)) {
      Path candidate = Path.of(folder, program);
      if (Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static String message(RuntimeException e) {
    return String.valueOf(e.getMessage());
  }
}
