package io.podtap.tap;

import io.podtap.core.agent.Termination;
import io.podtap.core.capture.RingSettings;
import io.podtap.core.config.CountFile;
import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.Privileges;
import io.podtap.core.metrics.MetricsServer;
import io.podtap.tap.encapsulate.Encapsulation;
import io.podtap.tap.encapsulate.EncapsulationSettings;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.send.SensorSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code podtap tap}. */
@Command(
    name = "tap",
    description = "Mirror the traffic of an interface to a sensor.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class TapCommand implements Program {

  private static final int PORT_MAX = 65_535;
  private static final long DRAIN_MS_MAX = 900;

  @Option(names = "--interface", paramLabel = "NAME[,NAME]", description = "Interfaces to capture.")
  private String interfaces = "";

  @Option(
      names = "--sensor",
      paramLabel = "ADDRESS[:PORT][,...]",
      description = "Sensors; each flow goes to one of them.")
  private String sensors = "";

  @Option(
      names = "--vni",
      paramLabel = "NUMBER",
      description = "Network identifier, decimal or 0x hexadecimal.")
  private String vni = "";

  @Option(
      names = "--filter",
      paramLabel = "EXPRESSION",
      description = "Mirror only what matches, in tcpdump's language.")
  private String filter = "";

  @Option(
      names = "--snaplen",
      paramLabel = "BYTES",
      description = "Mirror at most so many bytes of a packet (default: all).")
  private int snaplen = SegmentSettings.SNAPLEN_MAX;

  @Option(
      names = "--encapsulation",
      paramLabel = "vxlan|geneve",
      description = "Tunnel format (default: ${DEFAULT-VALUE}).")
  private String encapsulation = "vxlan";

  @Option(
      names = "--transport",
      paramLabel = "udp",
      description = "How the tunnel travels (default: ${DEFAULT-VALUE}).")
  private String transport = "udp";

  @Option(
      names = "--lanes",
      paramLabel = "COUNT",
      description = "UDP source ports for each sensor (default: ${DEFAULT-VALUE}).")
  private int lanes = SensorSettings.LANES_DEFAULT;

  @Option(
      names = "--ring-bytes",
      paramLabel = "BYTES",
      description = "Memory of each interface's packet ring (default: ${DEFAULT-VALUE}).")
  private int ringBytes = RingSettings.DEFAULT.ringBytes();

  @Option(
      names = "--pad",
      paramLabel = "BYTES",
      description =
          "Pad frames to a multiple of so many bytes: more bandwidth, fewer system calls (default:"
              + " no padding).")
  private int padBytes = 1;

  @Option(
      names = "--report",
      paramLabel = "on|off",
      description =
          "Say inside the tunnel who this tap is and what it counted (default: ${DEFAULT-VALUE}).")
  private String report = "on";

  @Option(
      names = "--read",
      paramLabel = "FILE",
      description = "Send a pcap or pcapng file instead of an interface's traffic.")
  private @Nullable Path read;

  @Option(
      names = "--speed",
      paramLabel = "original|max",
      description = "How fast a file is sent (default: ${DEFAULT-VALUE}).")
  private String speed = "original";

  @Option(
      names = "--metrics",
      paramLabel = "PORT",
      description =
          "HTTP port of /metrics, /live and /ready, 0 for none (default: ${DEFAULT-VALUE}).")
  private int metricsPort = 9_095;

  @Option(
      names = "--count-json",
      paramLabel = "FILE",
      description = "Write the ledger there at the end.")
  private @Nullable Path countJson;

  /** Returns what the options say, checked. */
  TapSettings settings() {
    if (!transport.equals("udp")) {
      throw new SettingsException(
          transport.equals("tls")
              ? "transport tls is not in this version: it has udp only"
              : "transport '" + transport + "' is not udp");
    }
    if (metricsPort < 0 || metricsPort > PORT_MAX) {
      throw new SettingsException("metrics port " + metricsPort + " is out of range 0 to 65535");
    }
    required(sensors, "--sensor");
    required(vni, "--vni");
    Encapsulation tunnel =
        choice("encapsulation", encapsulation, "vxlan", "geneve")
            ? Encapsulation.VXLAN
            : Encapsulation.GENEVE;
    return new TapSettings(
        source(),
        new SegmentSettings(snaplen),
        new EncapsulationSettings(tunnel, EncapsulationSettings.parseVni(vni)),
        new SensorSettings(SensorSettings.parse(sensors, tunnel.port()), lanes),
        padBytes,
        choice("report", report, "on", "off"));
  }

  private SourceSettings source() {
    boolean originalSpeed = choice("speed", speed, "original", "max");
    if (read != null) {
      return new SourceSettings.CaptureFile(read, originalSpeed, filter);
    }
    required(interfaces, "--interface");
    return new SourceSettings.Live(
        Arrays.stream(interfaces.split(",", -1)).map(String::strip).toList(),
        RingSettings.DEFAULT.withRingBytes(ringBytes),
        filter);
  }

  private static void required(String value, String option) {
    if (value.isBlank()) {
      throw new SettingsException("missing option " + option);
    }
  }

  /** Returns true for the first and false for the second choice. */
  private static boolean choice(String option, String value, String first, String second) {
    String given = value.toLowerCase(Locale.ROOT);
    if (!given.equals(first) && !given.equals(second)) {
      throw new SettingsException(
          option + " '" + value + "' is neither " + first + " nor " + second);
    }
    return given.equals(first);
  }

  @Override
  public Integer call() {
    TapSettings settings = settings();
    PrintStream log = System.err;
    String scope = settings.source().label() + '/' + settings.encapsulation().vni();
    TapIdentity identity = TapIdentity.of(System.getenv(), scope);
    try (CountFile counts = CountFile.open(countJson)) {
      Tap tap = new TapLauncher(settings, identity, Privileges.read()).open();
      log.println(describe(settings, giveUpPrivileges()));
      return run(tap, counts, log);
    }
  }

  /** Keeps what capturing needs: an interface may come back, a filter may change. */
  private static Privileges giveUpPrivileges() {
    try {
      return Privileges.dropAllBut(Privileges.CAP_NET_RAW);
    } catch (LinuxException e) {
      return Privileges.read(); // a sandbox that refuses: the line at the start says what is held
    }
  }

  private static String describe(TapSettings settings, Privileges privileges) {
    return "podtap: mirrors "
        + settings.source().label()
        + " to "
        + String.join(",", settings.sensors().sensors().stream().map(Object::toString).toList())
        + ", VNI "
        + settings.encapsulation().vni()
        + "; "
        + privileges.describe();
  }

  private Integer run(Tap tap, CountFile counts, PrintStream log) {
    int exitCode = 0;
    try (Termination termination = Termination.install(tap::stop, DRAIN_MS_MAX);
        Metrics _ = Metrics.start(metricsPort, tap, log)) {
      tap.run();
      Ledger.Snapshot ledger = tap.ledger();
      log.println(summary(ledger));
      counts.write(LedgerJson.of(ledger));
      if (!tap.problem().isEmpty()) {
        log.println("podtap: " + tap.problem());
        exitCode = 1;
      }
      termination.exitCode(exitCode);
    }
    return exitCode;
  }

  private static String summary(Ledger.Snapshot ledger) {
    return String.format(
        Locale.ROOT,
        "podtap: seen %d = filtered %d + dropped %d + delivered %d; packets %d = sent %d + failed"
            + " %d, in %d calls; %s",
        ledger.sum(Ledger.InterfaceSnapshot::seen),
        ledger.sum(Ledger.InterfaceSnapshot::filtered),
        ledger.sum(Ledger.InterfaceSnapshot::droppedByKernel),
        ledger.sum(Ledger.InterfaceSnapshot::delivered),
        ledger.packets(),
        ledger.sent(),
        ledger.packets() - ledger.sent(),
        ledger.calls(),
        ledger.balanced() ? "balanced" : "NOT balanced");
  }

  /** The metrics port, or nothing when it is not wanted or not free: a tap never fails for it. */
  private record Metrics(@Nullable MetricsServer server) implements AutoCloseable {

    static Metrics start(int port, Tap tap, PrintStream log) {
      if (port == 0) {
        return new Metrics(null);
      }
      try {
        return new Metrics(MetricsServer.start(port, () -> LedgerMetrics.of(tap.ledger())));
      } catch (IOException e) {
        log.println("podtap: no metrics, port " + port + ": " + e.getMessage());
        return new Metrics(null);
      }
    }

    @Override
    public void close() {
      if (server != null) {
        server.close();
      }
    }
  }
}
