package io.podtap.injector.repair;

import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.Setback;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What the controller found and did; any thread. */
final class RepairCounters {

  private final Map<String, LongAdder> actions = new ConcurrentSkipListMap<>();
  private volatile Map<String, Long> findings = Map.of();
  private volatile Map<String, Long> owners = Map.of();
  private volatile boolean isBusy;
  private volatile boolean isLeader;
  private volatile String problem = "";
  private volatile String halt = "";

  void leader(boolean leads) {
    isLeader = leads;
    if (!leads) {
      findings = Map.of(); // the leader tells them
      owners = Map.of();
      isBusy = false;
    }
  }

  void found(List<Finding> present) {
    Map<String, Long> counts = new TreeMap<>();
    for (Finding finding : present) {
      counts.merge(
          "state=\"" + finding.state().word() + "\",reason=\"" + finding.reason() + '"',
          1L,
          Long::sum);
    }
    findings = counts;
  }

  /**
   * States which owners are left alone.
   *
   * @param underWay whether one is being repaired
   */
  void left(Collection<Setback> setbacks, boolean underWay) {
    Map<String, Long> counts = new TreeMap<>();
    setbacks.forEach(one -> counts.merge("reason=\"" + one.reason() + '"', 1L, Long::sum));
    owners = counts;
    isBusy = underWay;
  }

  /**
   * Counts a repair.
   *
   * @param action {@code restart}, {@code evict}, {@code undo} or {@code exempt}
   * @param result {@code done}, {@code budget}, {@code refused}, {@code gave-up} or {@code failed}
   */
  void count(String action, String result) {
    actions
        .computeIfAbsent("action=\"" + action + "\",result=\"" + result + '"', _ -> new LongAdder())
        .increment();
  }

  void problem(String text) {
    problem = text;
  }

  /** States why nothing is repaired at present, or an empty text. */
  void halt(String text) {
    halt = text;
  }

  /** Returns what is wrong, or an empty text. */
  String problem() {
    return problem.isEmpty() ? halt : problem;
  }

  /** Returns the counters in Prometheus' text format. */
  String text() {
    StringBuilder text = new StringBuilder("# TYPE podtap_repair_leader gauge\n");
    line(text, "podtap_repair_leader", isLeader ? 1 : 0);
    text.append("# TYPE podtap_repair_problem gauge\n");
    line(text, "podtap_repair_problem", problem().isEmpty() ? 0 : 1);
    text.append("# TYPE podtap_repair_pods gauge\n");
    findings.forEach((labels, count) -> line(text, "podtap_repair_pods{" + labels + '}', count));
    text.append("# TYPE podtap_repair_owners gauge\n");
    owners.forEach((labels, count) -> line(text, "podtap_repair_owners{" + labels + '}', count));
    text.append("# TYPE podtap_repair_under_way gauge\n");
    line(text, "podtap_repair_under_way", isBusy ? 1 : 0);
    text.append("# TYPE podtap_repair_actions_total counter\n");
    actions.forEach(
        (labels, count) -> line(text, "podtap_repair_actions_total{" + labels + '}', count.sum()));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append(name).append(' ').append(value).append('\n');
  }
}
