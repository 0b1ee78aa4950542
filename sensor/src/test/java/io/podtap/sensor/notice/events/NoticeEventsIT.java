/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.testing.RealApiServer;
import io.podtap.sensor.notice.Notice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Events at a real API server, which says who may write them where. */
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class NoticeEventsIT {

  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/";
  private static final long WAIT_MS = 60_000;
  private static final long TIME_NS = 1_700_000_000_000_000_000L;

  private static final Map<String, PodLookup.Pod> PODS =
      Map.of(
          "10.0.0.1", new PodLookup.Pod("shop", "web-5d8f-x", "uid-of-web"),
          "10.0.0.2", new PodLookup.Pod("data", "redis-0", "uid-of-redis"));

  @TempDir private Path folder;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private RealApiServer api;
  private NoticeEvents events;

  @BeforeEach
  void begin() throws Exception {
    api = new RealApiServer(Path.of(System.getenv("KUBEBUILDER_ASSETS")), folder);
    Files.copy(api.certificates(), folder.resolve("ca.crt"));
    Files.writeString(folder.resolve("token"), RealApiServer.TOKEN);
    for (String namespace : List.of("shop", "data")) {
      api.create("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + namespace + "\"}}");
    }
    events =
        NoticeEvents.start(
            new ServiceAccount("127.0.0.1", api.port(), folder, ""),
            (address, _) -> PODS.get(address),
            "sensor-0",
            log::add);
  }

  @AfterEach
  void end() {
    events.close();
    api.close();
  }

  private void allow(String namespace) throws Exception {
    api.create(
        RBAC + namespace + "/roles",
        "{\"metadata\":{\"name\":\"events\"},\"rules\":[{\"apiGroups\":[\"\"],"
            + "\"resources\":[\"events\"],\"verbs\":[\"create\"]}]}");
    api.create(
        RBAC + namespace + "/rolebindings",
        "{\"metadata\":{\"name\":\"events\"},\"roleRef\":{\"apiGroup\":"
            + "\"rbac.authorization.k8s.io\",\"kind\":\"Role\",\"name\":\"events\"},"
            + "\"subjects\":[{\"kind\":\"ServiceAccount\",\"name\":\"default\","
            + "\"namespace\":\"shop\"}]}");
  }

  private static Notice notice(String source, String destination) {
    return Notice.of("Scan::Port_Scan", "10.0.0.1 scanned \u00e9 \"many\" ports")
        .source(source)
        .destination(destination)
        .uid("Cabc")
        .at(TIME_NS);
  }

  private String eventsIn(String namespace) throws Exception {
    return api.ask("GET", "/api/v1/namespaces/" + namespace + "/events", "").body();
  }

  private void await(BooleanSupplier condition) throws InterruptedException {
    long deadlineNs = System.nanoTime() + WAIT_MS * 1_000_000;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s %s", log, events.counts()).isLessThan(deadlineNs);
      Thread.sleep(5);
    }
  }

  private long count(String fate) {
    return events.counts().getOrDefault(fate, 0L);
  }

  @Test
  void bothPodsHaveAnEventInTheirNamespaces() throws Exception {
    allow("shop");
    allow("data");
    events.onNotice(notice("10.0.0.1", "10.0.0.2"));
    events.onNotice(notice("198.51.100.7", "10.0.0.2"));
    events.onNotice(notice("198.51.100.7", "198.51.100.8"));
    await(() -> count("delivered") == 3);

    assertThat(eventsIn("shop"))
        .contains(
            "\"reason\":\"PortScan\"",
            "\"type\":\"Warning\"",
            "\"name\":\"web-5d8f-x\"",
            "\"uid\":\"uid-of-web\"",
            "Scan::Port_Scan: 10.0.0.1 scanned ? \\\"many\\\" ports (uid Cabc)",
            "\"component\":\"podtap-sensor\"",
            "\"firstTimestamp\":\"2023-11-14T22:13:20Z\"");
    assertThat(eventsIn("data")).contains("uid-of-redis").doesNotContain("uid-of-web");
    assertThat(log).isEmpty();
    assertThat(events.problem()).isEmpty();
  }

  @Test
  void aMissingRoleIsNamedOnceAndCounted() throws Exception {
    allow("shop");
    for (int i = 0; i < 3; i++) {
      events.onNotice(notice("10.0.0.2", "198.51.100.7"));
    }
    await(() -> count("failed") == 3);

    assertThat(log)
        .singleElement()
        .asString()
        .startsWith("notice events: ")
        .contains(
            "may not create events in namespace data (403)", "resources [events], verbs [create]");
    assertThat(events.problem()).contains("(403)");
    events.onNotice(notice("10.0.0.1", "198.51.100.7"));
    await(() -> count("delivered") == 1);
    assertThat(events.problem()).isEmpty();
  }

  @Test
  void aNamespaceHasARateOfItsOwn() throws Exception {
    allow("shop");
    allow("data");
    for (int i = 0; i < 100; i++) {
      events.onNotice(notice("10.0.0.1", "198.51.100.7"));
    }
    events.onNotice(notice("10.0.0.2", "198.51.100.7"));
    await(() -> count("delivered") == 11);

    assertThat(count("limited")).isEqualTo(90);
    assertThat(eventsIn("data")).contains("uid-of-redis");
  }

  @Test
  void aServerThatIsAwayCostsTheEventsAndNoWait() throws Exception {
    allow("shop");
    api.kill();
    for (int i = 0; i < 5; i++) {
      events.onNotice(notice("10.0.0.1", "198.51.100.7"));
    }
    await(() -> !events.problem().isEmpty());
    events.close();

    assertThat(count("failed") + count("dropped")).isEqualTo(5);
    assertThat(log).last().asString().contains("failed=").contains("dropped=");
  }
}
