/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.podtap.core.testing.RequiresRoot;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A real Prometheus scrapes a real tap and sensor; every query of the chart's dashboard and alert
 * rules is asked of it.
 */
@RequiresRoot
@RequiresTool({"prometheus", "promtool"})
class MetricsScrapeIT {

  private static final String PROMETHEUS = "http://127.0.0.1:9090/api/v1/";
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern NAME = Pattern.compile("\\bpodtap(?:_[a-z0-9]+)+");
  private static final Pattern NAMES = Pattern.compile("__name__=~\"([^\"]*)\"");
  private static final Pattern COMPARISON = Pattern.compile(" (>|<|==) ([0-9.]+)$");

  /** What tap and sensor always have, so that their queries cannot be left out silently. */
  private static final Set<String> ALWAYS =
      Set.of(
          "podtap_tap_info",
          "podtap_tap_frames_total",
          "podtap_tap_sensors",
          "podtap_tap_all_sent_packets_total",
          "podtap_tap_packet_bytes_total",
          "podtap_sensor_tap_packets",
          "podtap_sensor_datagrams_total",
          "podtap_sensor_overflowed_total",
          "podtap_sensor_overload_flows_total",
          "podtap_sensor_taps",
          "podtap_sensor_flows",
          "podtap_sensor_carried_bytes",
          "podtap_sensor_reassembly_bytes",
          "podtap_thread_restarts_total");

  @TempDir private Path folder;

  private PodNetwork network;
  private final List<AutoCloseable> running = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    network = PodNetwork.create();
    running.add(
        Program.start(
                network.sensor(),
                folder,
                "sensor",
                "sensor",
                "--listen",
                "0.0.0.0:4789",
                "--logs",
                folder.resolve("logs").toString(),
                "--metrics",
                "9095")
            .awaitReady());
    running.add(
        TapRun.startTap(network.pod(), folder, network.sensor().ipv4(), "--metrics", "9095"));
    Path configuration =
        Files.writeString(
            folder.resolve("prometheus.yml"),
            """
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: [%s]
            scrape_configs:
              - job_name: podtap
                static_configs: [{targets: ["127.0.0.1:9095", "%s:9095"]}]
            """
                .formatted(
                    Repository.root().resolve("deploy/chart/files/alerts.yaml"),
                    network.pod().ipv4()));
    Process prometheus =
        new ProcessBuilder(
                "ip",
                "netns",
                "exec",
                network.sensor().namespace().name(),
                "prometheus",
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:9090")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
    running.add(() -> {
      prometheus.destroy();
      assertThat(prometheus.waitFor(20, TimeUnit.SECONDS)).isTrue();
    });
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : running.reversed()) {
      one.close();
    }
    network.close();
  }

  @Test
  void everyQueryIsAnswered() throws IOException {
    try (Traffic _ = new Traffic().serveHttp(network.pod(), 8_080, 30_000)) {
      for (int i = 0; i < 5; i++) {
        Traffic.http(network.client(), network.pod().ipv4(), 8_080);
      }
    }
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptions()
        .untilAsserted(() -> {
          assertThat(result("sum(up{job=\"podtap\"}) == 2")).hasSize(1);
          assertThat(result("sum by (fate) (podtap_sensor_tap_packets{fate=\"received\"}) > 0"))
              .hasSize(1);
          // Rates need a few scrapes.
          assertThat(result("min(count_over_time(up{job=\"podtap\"}[1m])) > 4")).hasSize(1);
          assertThat(result("count(count_over_time(podtap_sensor_tap_packets[1m]) > 4)"))
              .hasSize(1);
        });
    Set<String> present = new HashSet<>(strings(field(get("label/__name__/values"), "data")));
    assertThat(present).containsAll(ALWAYS);

    List<String> queries = new ArrayList<>(dashboard());
    alerts().forEach(alert -> queries.add(COMPARISON.matcher(alert).replaceFirst(" $1 bool $2")));
    queries.addAll(alerts());
    List<String> silent = new ArrayList<>();
    for (String query : queries) {
      requireDeclared(query);
      List<Object> answer = result(query);
      boolean hasData = !names(query).isEmpty() && present.containsAll(names(query));
      boolean isAlarm = COMPARISON.matcher(query).find();
      if (hasData && !isAlarm && answer.isEmpty()) {
        silent.add(query);
      }
    }
    assertThat(silent).as("queries without an answer, though their metrics are there").isEmpty();
    assertThat(result("ALERTS")).as("alerts of a healthy tap and sensor").isEmpty();

    // Prometheus has asked for OpenMetrics, and has understood it.
    assertThat(get("metadata?metric=podtap_tap_frame_bytes").toString()).contains("unit=bytes");
    requireClean(network.sensor());
    requireClean(network.pod());
  }

  private void requireClean(PodNetwork.Host host) throws IOException {
    String text = fetch(host, "http://127.0.0.1:9095/metrics", "text/plain");
    Path file = Files.writeString(folder.resolve("metrics"), text);
    assertThat(Commands.run("sh", "-c", "promtool check metrics <" + file + " 2>&1")).isEmpty();
    assertThat(fetch(host, "http://127.0.0.1:9095/metrics", "application/openmetrics-text"))
        .endsWith("\n# EOF\n");
  }

  /** A name that no program has would never have data, whoever is scraped. */
  private static void requireDeclared(String query) {
    assertThat(DeclaredMetrics.names()).as(query).containsAll(families(query));
    NAMES
        .matcher(query)
        .results()
        .map(match -> Pattern.compile(match.group(1)))
        .forEach(pattern ->
            assertThat(DeclaredMetrics.names()).as(query).anyMatch(pattern.asMatchPredicate()));
  }

  private static Set<String> names(String query) {
    Set<String> names = new HashSet<>();
    NAME.matcher(NAMES.matcher(query).replaceAll(""))
        .results()
        .map(MatchResult::group)
        .forEach(names::add);
    return names;
  }

  private static List<String> families(String query) {
    return names(query).stream().map(name -> name.replaceFirst("_bucket$", "")).toList();
  }

  private List<String> dashboard() throws IOException {
    Map<String, Object> dashboard =
        Json.object(
            Files.readString(Repository.root().resolve("deploy/chart/files/dashboard.json")));
    List<String> queries = new ArrayList<>();
    for (Map<String, Object> panel : objects(field(dashboard, "panels"))) {
      for (Map<String, Object> target : objects(field(panel, "targets"))) {
        queries.add(((String) field(target, "expr")).replace("$__rate_interval", "1m"));
      }
    }
    assertThat(queries).hasSizeGreaterThan(20);
    return queries;
  }

  private static List<String> alerts() throws IOException {
    String rules = Files.readString(Repository.root().resolve("deploy/chart/files/alerts.yaml"));
    Object document = new Load(LoadSettings.builder().build()).loadFromString(rules);
    List<String> queries = new ArrayList<>();
    for (Map<String, Object> group : objects(field((Map<?, ?>) document, "groups"))) {
      objects(field(group, "rules")).forEach(rule -> queries.add((String) rule.get("expr")));
    }
    assertThat(queries).hasSizeGreaterThan(10);
    return queries;
  }

  /** Asks Prometheus, which must understand the query. */
  private List<Object> result(String query) throws IOException {
    Map<String, Object> answer =
        get("query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
    Map<?, ?> data = (Map<?, ?>) field(answer, "data");
    return List.copyOf((List<?>) field(data, "result"));
  }

  private static Object field(Map<?, ?> object, String name) {
    return Objects.requireNonNull(object.get(name), name);
  }

  private Map<String, Object> get(String path) throws IOException {
    Map<String, Object> answer =
        Json.object(fetch(network.sensor(), PROMETHEUS + path, "application/json"));
    assertThat(answer).as(path).containsEntry("status", "success");
    return answer;
  }

  private static String fetch(PodNetwork.Host host, String address, String accept) {
    return host.namespace()
        .call(() -> {
          HttpURLConnection connection =
              (HttpURLConnection) URI.create(address).toURL().openConnection();
          connection.setRequestProperty("Accept", accept);
          boolean isGood = connection.getResponseCode() < 400;
          try (InputStream in =
              isGood ? connection.getInputStream() : connection.getErrorStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
          }
        });
  }

  @SuppressWarnings("unchecked") // the form of the documents
  private static List<Map<String, Object>> objects(Object list) {
    return (List<Map<String, Object>>) list;
  }

  @SuppressWarnings("unchecked") // the form of the answer
  private static List<String> strings(Object list) {
    return (List<String>) list;
  }
}
