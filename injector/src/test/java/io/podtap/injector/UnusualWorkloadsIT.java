/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.testing.Rewriting;
import io.podtap.injector.testing.UnusualWorkload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Manifests that are seldom seen, as kubectl and a real API server take them: what is taken without
 * a tap is taken with it, and a pod's class of service stays.
 */
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class UnusualWorkloadsIT {

  private static final Path PROGRAMS =
      Path.of(System.getenv().getOrDefault("KUBEBUILDER_ASSETS", ""));

  /** In the words of kubectl: {@code error when creating "/folder/name.yaml": why}. */
  private static final Pattern REFUSED =
      Pattern.compile("(?m)^.*[/\"]([-a-z0-9]+)\\.yaml\"?: (.*)$");

  private static final Pattern CUSTOM =
      Pattern.compile("(?m)^apiVersion: ([-a-z0-9.]+\\.[a-z0-9.]+)/([a-z0-9]+)\nkind: (\\w+)$");

  /** The API server's own groups. */
  private static final Set<String> BUILT_IN = Set.of("rbac.authorization.k8s.io");

  @TempDir private Path folder;

  /** What kubectl says of a folder of files. */
  private record Verdicts(Map<String, String> refused, Map<String, String> classes, String all) {}

  @Test
  void whatIsTakenWithoutATapIsTakenWithIt() throws Exception {
    List<UnusualWorkload> workloads = UnusualWorkload.all();
    Path before = Files.createDirectory(folder.resolve("before"));
    Path after = Files.createDirectory(folder.resolve("after"));
    for (UnusualWorkload workload : workloads) {
      Rewriting injected = Rewritings.inject(workload.text());
      String name = fileName(workload.name());
      Files.writeString(before.resolve(name), workload.text());
      Files.write(after.resolve(name), injected.bytes());
    }
    try (RealApiServer server =
        new RealApiServer(PROGRAMS, Files.createDirectory(folder.resolve("server")))) {
      defineKinds(server, workloads);
      Verdicts without = create(server, before);
      Verdicts with = create(server, after);
      System.out.println("refused as they stand: " + without.refused());
      assertThat(without.refused().keySet())
          .as("refused as they stand: %s", without.refused())
          .hasSizeLessThan(workloads.size() / 10);
      Map<String, String> harmed = new TreeMap<>(with.refused());
      harmed.keySet().removeAll(without.refused().keySet());
      assertThat(harmed).as("refused because of a tap").isEmpty();
      assertThat(with.classes()).as("%s", with.all()).hasSizeGreaterThan(60);
      Map<String, String> changed = new TreeMap<>();
      without
          .classes()
          .forEach((pod, quality) -> {
            String its = with.classes().getOrDefault(pod, "gone");
            if (!quality.equals("BestEffort") && !its.equals(quality)) {
              changed.put(pod, quality + " became " + its);
            }
          });
      assertThat(changed).isEmpty();
    }
  }

  private static String fileName(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".yaml";
  }

  /** Of every kind that is not the API server's own, one that takes any object. */
  private static void defineKinds(RealApiServer server, List<UnusualWorkload> workloads)
      throws Exception {
    Set<String> defined = new LinkedHashSet<>();
    for (UnusualWorkload workload : workloads) {
      Matcher matcher = CUSTOM.matcher(workload.text());
      while (matcher.find()) {
        String group = matcher.group(1);
        String plural = matcher.group(3).toLowerCase(Locale.ROOT) + 's';
        if (BUILT_IN.contains(group) || !defined.add(plural + '.' + group)) {
          continue;
        }
        server.create(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            """
            {"metadata": {"name": "%s.%s", "annotations": {"api-approved.kubernetes.io": "unapproved"}},
             "spec": {"group": "%s", "scope": "Namespaced",
              "names": {"kind": "%s", "plural": "%s", "listKind": "%sList"},
              "versions": [{"name": "%s", "served": true, "storage": true, "schema": {"openAPIV3Schema":
               {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}}
            """
                .formatted(
                    plural,
                    group,
                    group,
                    matcher.group(3),
                    plural,
                    matcher.group(3),
                    matcher.group(2)));
      }
    }
    assertThat(defined).hasSizeGreaterThan(10);
  }

  private Verdicts create(RealApiServer server, Path files) throws Exception {
    Path kubeconfig =
        Files.writeString(
            folder.resolve("config"),
            """
            current-context: test
            contexts: [{name: test, context: {cluster: here, user: me}}]
            clusters: [{name: here, cluster: {server: "https://127.0.0.1:%d", certificate-authority: %s}}]
            users: [{name: me, user: {token: %s}}]
            """
                .formatted(server.port(), server.certificates(), RealApiServer.ADMINISTRATOR));
    Path out = folder.resolve(files.getFileName() + ".out");
    Path problems = folder.resolve(files.getFileName() + ".problems");
    Process kubectl =
        new ProcessBuilder(
                PROGRAMS.resolve("kubectl").toString(),
                "--kubeconfig",
                kubeconfig.toString(),
                "--cache-dir",
                folder.resolve("cache-" + files.getFileName()).toString(),
                "create",
                "--dry-run=server",
                "-f",
                files.toString(),
                "-o",
                "jsonpath={.kind}/{.metadata.name} {.status.qosClass}{\"\\n\"}")
            .redirectOutput(out.toFile())
            .redirectError(problems.toFile())
            .start();
    assertThat(kubectl.waitFor(180, TimeUnit.SECONDS)).isTrue();
    return verdicts(Files.readString(problems, StandardCharsets.UTF_8), Files.readAllLines(out));
  }

  private static Verdicts verdicts(String problems, List<String> lines) throws IOException {
    Map<String, String> refused = new TreeMap<>();
    Matcher matcher = REFUSED.matcher(problems);
    while (matcher.find()) {
      refused.put(matcher.group(1), matcher.group(2));
    }
    List<String> unknown =
        new ArrayList<>(
            problems
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("error"))
                .filter(line -> !REFUSED.matcher(line).find())
                .toList());
    assertThat(unknown).as("lines of kubectl that name no file").isEmpty();
    Map<String, String> classes = new TreeMap<>();
    for (String line : lines) {
      int blank = line.indexOf(' ');
      if (line.startsWith("Pod/a-") && blank > 0) {
        classes.put(line.substring(0, blank), line.substring(blank + 1));
      }
    }
    return new Verdicts(refused, classes, problems);
  }
}
