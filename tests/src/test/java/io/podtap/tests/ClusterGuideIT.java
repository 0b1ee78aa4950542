/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What docs/kubernetes.md begins with, command by command as it stands there, and the way back. The
 * manifests are those of the checkout but for their images, which this cluster must have.
 */
@RequiresCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterGuideIT {

  /** The first line builds images, which are there. */
  private static final Pattern COMMANDS =
      Pattern.compile("(?s)```\n\\./build [^\n]*deploy/images/build[^\n]*\n(.*?)```");

  private static final String INSTALLATION = "deploy/podtap.yaml";

  private final Cluster cluster = Cluster.named().orElseThrow();
  private final ClusterPods pods = new ClusterPods(cluster);
  private final ClusterRecords records = new ClusterRecords(cluster);

  /** Of all tests: they go on where the former one ended. */
  @TempDir static Path folder;

  @BeforeAll
  void copyManifests() throws IOException {
    write(INSTALLATION, pods.installation());
    write("examples/deployment.yaml", pods.example());
  }

  @AfterAll
  void remove() {
    cluster.deleteNamespaces(List.of("shop", "podtap"));
  }

  @Test
  @Order(1)
  void everyCommandWorks() throws IOException {
    List<String> commands = commands();
    assertThat(commands).hasSize(5);
    for (String command : commands) {
      run(command.replace("logs -f", "logs"));
    }
    cluster.awaitRollout("shop", "deployment/shop");
    for (String pod : shop()) {
      assertThat(cluster.field("shop", "pod/" + pod, ".spec.initContainers[*].name"))
          .isEqualTo("podtap");
    }
  }

  @Test
  @Order(2)
  void podsOfOneDeploymentAreNamedBoth() {
    List<String> shop = shop();
    assertThat(shop).hasSize(2);
    shop.forEach(pod -> records.tap(pod, row -> true));
    String asked = cluster.address("shop", shop.getLast());
    cluster.shell(
        "shop", "pod/" + shop.getFirst(), "web", "wget -qO- http://" + asked + "/?sibling");
    Logs.Row request = records.only(row -> row.text("uri").equals("/?sibling"));
    assertThat(request.text("id.resp_h")).isEqualTo(asked);
    records.assertSeenByTapsOf(request, shop.getFirst(), shop.getLast());
  }

  @Test
  @Order(3)
  void leavesNothingBehind() {
    run("kubectl delete -f " + INSTALLATION);
    Cluster.eventually().untilAsserted(() -> assertThat(cluster.left()).isEmpty());
  }

  private static List<String> commands() throws IOException {
    Matcher block =
        COMMANDS.matcher(Files.readString(Repository.root().resolve("docs/kubernetes.md")));
    assertThat(block.find()).isTrue();
    return block.group(1).lines().toList();
  }

  private List<String> shop() {
    return Cluster.eventually()
        .until(() -> cluster.pods("shop", "app=shop"), pods -> pods.size() == 2);
  }

  private void run(String command) {
    Commands.run(
        "env", "KUBECONFIG=" + cluster.kubeconfig(), "sh", "-c", "cd " + folder + " && " + command);
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
