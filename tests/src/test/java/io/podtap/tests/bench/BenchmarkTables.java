package io.podtap.tests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Measurements as Markdown: conditions, one table per load, the ratios at the end. */
final class BenchmarkTables {

  /** Podtap's name in the tables. */
  static final String PODTAP = "Podtap";

  /** The name of Podtap with packets over TLS. */
  static final String PODTAP_TLS = "Podtap over TLS";

  /** The name of the load without a tap. */
  static final String NONE = "none";

  private static final double GIGA = 1e9;
  private static final double MEGA = 1e6;
  private static final double KIBIBYTES_PER_MEBIBYTE = 1_024;

  private final String subject;
  private final Map<String, Map<String, Measurement>> loads = new LinkedHashMap<>();

  /**
   * @param subject the tap that ratios are of
   */
  BenchmarkTables(String subject) {
    this.subject = subject;
  }

  /** Returns under which conditions the rest was measured. */
  static String conditions(BenchmarkSettings settings) throws IOException {
    Measurement.Plan plan = settings.plan();
    StringBuilder text = new StringBuilder();
    line(
        text,
        String.format(
            Locale.ROOT,
            "Linux %s, %d CPUs (%s), Java %s. Per tap and load: %d run(s) of %d s to warm up, then %d"
                + " measured.%s",
            Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
            Runtime.getRuntime().availableProcessors(),
            processor(),
            Runtime.version(),
            plan.warm(),
            plan.seconds(),
            plan.measured(),
            held(" Each tap", settings.cpus())
                + held(" The HTTP server", settings.applicationCpus())));
    for (int i = 0; i < settings.references().size(); i++) {
      line(
          text,
          String.format(Locale.ROOT, "Reference %d: `%s`.", i + 1, settings.references().get(i)));
    }
    line(
        text,
        "\nCPU: the tap's processes; for the kernel's mirror (*) what the whole machine used beyond"
            + " the load alone, as it works in softirqs. Machine: that difference for every tap;"
            + " other processes left out. Mirrored: bytes at the sensor per byte sent and received"
            + " by the client. Lost: by a full ring + not sent, as the tap says, from its start;"
            + " warm: of them in the measured runs."
            + " First: from the start of the program to the first mirrored packet at the sensor.");
    return text.toString();
  }

  private static String held(String what, double cpus) {
    return cpus > 0 ? String.format(Locale.ROOT, "%s held to %.2f CPU.", what, cpus) : "";
  }

  private static String processor() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
      if (line.startsWith("model name")) {
        return line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return "unknown";
  }

  /** Returns the table of a load; remembers it for the ratios. */
  String load(String name, Map<String, Measurement> measured) {
    loads.put(name, measured);
    Measurement none = measured.get(NONE);
    StringBuilder text = new StringBuilder();
    String unit = none == null ? "" : none.outcome().unit();
    line(text, String.format(Locale.ROOT, "\n### %s\n", name));
    line(
        text,
        String.format(
            Locale.ROOT,
            "| tap | CPU s | s/GB | s/M packets | machine s | mirrored | lost | warm | peak RSS MiB |"
                + " %s | of none | p99 ms | first ms |",
            unit));
    line(text, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (Map.Entry<String, Measurement> entry : measured.entrySet()) {
      Measurement one = entry.getValue();
      boolean isNone = entry.getKey().equals(NONE);
      boolean isKernel = one.peakKibibytes() == 0 && !isNone;
      double cpu = cpu(one, none);
      line(
          text,
          String.format(
              Locale.ROOT,
              "| %s | %s%s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |",
              entry.getKey(),
              isNone ? "" : number("%.2f", cpu),
              isKernel ? "*" : "",
              isNone ? "" : number("%.3f", cpu / (one.bytes() / GIGA)),
              isNone ? "" : number("%.3f", cpu / (one.packets() / MEGA)),
              none == null || isNone
                  ? number("%.2f", one.machineSeconds())
                  : number("%+.2f", one.machineSeconds() - none.machineSeconds()),
              one.mirroredBytes() == 0
                  ? ""
                  : number("%.1f %%", 100 * one.mirroredBytes() / one.bytes()),
              isNone ? "" : one.losses().unseen() + " + " + one.losses().unsent(),
              isNone || one.lostWarm().isEmpty() ? "" : one.lostWarm().getAsLong(),
              one.peakKibibytes() == 0
                  ? ""
                  : number("%.1f", one.peakKibibytes() / KIBIBYTES_PER_MEBIBYTE),
              number("%.1f", one.outcome().throughput()),
              none == null || isNone
                  ? ""
                  : number(
                      "%.1f %%", 100 * one.outcome().throughput() / none.outcome().throughput()),
              number("%.2f", one.outcome().p99()),
              number("%.0f", one.firstMilliseconds())));
    }
    return text.toString();
  }

  /** Returns what the subject used of the CPU that each other tap used, load by load. */
  String ratios() {
    StringBuilder text = new StringBuilder();
    line(text, "\n### CPU of " + subject + " as a share of");
    boolean isFirst = true;
    for (Map.Entry<String, Map<String, Measurement>> load : loads.entrySet()) {
      Map<String, Measurement> measured = load.getValue();
      Measurement own = measured.get(subject);
      Measurement none = measured.get(NONE);
      if (own == null) {
        continue;
      }
      if (isFirst) {
        StringBuilder rule = new StringBuilder("|---|");
        text.append("\n| load |");
        for (String peer : measured.keySet()) {
          if (!peer.equals(NONE) && !peer.equals(subject)) {
            text.append(' ').append(peer).append(" |");
            rule.append("--:|");
          }
        }
        line(text, String.format(Locale.ROOT, "\n%s", rule));
        isFirst = false;
      }
      text.append("| ").append(load.getKey()).append(" |");
      for (Map.Entry<String, Measurement> peer : measured.entrySet()) {
        if (!peer.getKey().equals(NONE) && !peer.getKey().equals(subject)) {
          double share = cpu(own, none) / cpu(peer.getValue(), none);
          text.append(' ').append(number("%.2f", share)).append(" |");
        }
      }
      line(text, "");
    }
    return text.toString();
  }

  /** The CPU that a tap is charged for: its processes, or the machine's where it has none. */
  private static double cpu(Measurement one, @org.jspecify.annotations.Nullable Measurement none) {
    if (one.peakKibibytes() > 0) {
      return one.tapSeconds();
    }
    return one.machineSeconds() - (none == null ? 0 : none.machineSeconds());
  }

  private static String number(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "";
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }
}
