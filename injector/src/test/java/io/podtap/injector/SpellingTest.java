/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.kubernetes.WorkloadName;
import io.podtap.injector.inject.Injection;
import io.podtap.injector.inject.NamespaceContext;
import io.podtap.injector.inject.Outcome;
import io.podtap.injector.testing.Rewriting;
import io.podtap.injector.testing.Spelling;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Every object here in every spelling: injecting twice is injecting once, taking out gives back the
 * bytes, and the text in between means what injecting the tree means.
 */
final class SpellingTest {

  private static final String CONTAINERS =
      "'containers': [{'name': 'web', 'image': 'nginx:1.29', 'args': ['a b', 'c: d', 'e #f']},"
          + " {'name': 'log', 'image': 'log'}]";

  /** Objects, and where their pods stand. */
  private static final Map<String, String> OBJECTS =
      Map.of(
          "{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'a'}, 'spec': {"
              + CONTAINERS
              + "}}",
          "",
          "{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'b', 'annotations': null},"
              + " 'spec': {'initContainers': null, "
              + CONTAINERS
              + "}}",
          "",
          "{'apiVersion': 'apps/v1', 'kind': 'Deployment', 'metadata': {'name': 'c'}, 'spec':"
              + " {'replicas': 2, 'template': {'metadata': {'labels': {'app': 'c'}}, 'spec':"
              + " {'initContainers': [{'name': 'set-up', 'image': 'i'}], "
              + CONTAINERS
              + "}}}}",
          "spec/template",
          "{'apiVersion': 'batch/v1', 'kind': 'CronJob', 'metadata': {'name': 'd'}, 'spec':"
              + " {'jobTemplate': {'spec': {'template': {'spec': {"
              + CONTAINERS
              + ", 'restartPolicy': 'Never'}}}}}}",
          "spec/jobTemplate/spec/template",
          "{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {'name': 'e'},"
              + " 'spec': {'template': {'spec': {"
              + CONTAINERS
              + ", 'volumes': []}}}}",
          "spec/template");

  static List<Spelling> spellings() {
    return Spelling.all();
  }

  @Test
  void areMany() {
    assertThat(Spelling.all().size() * 2).isGreaterThan(200);
  }

  @ParameterizedTest
  @MethodSource("spellings")
  void comeBackToTheByte(Spelling spelling) throws Exception {
    for (Map.Entry<String, String> object : OBJECTS.entrySet()) {
      boolean isTried =
          spelling.frame() == Spelling.Frame.NONE
              || object.getKey().contains("null")
              || object.getValue().equals("spec/template");
      if (!isTried) {
        continue; // what is around an object does not care for all of them
      }
      Map<String, @Nullable Object> tree =
          Tree.map(JsonText.read(object.getKey().replace('\'', '"')));
      byte[] before = spelling.write(tree);
      String shown = spelling + ":\n" + new String(before, spelling.charset());

      Rewriting once = Rewritings.run("inject", before, "-f", "-");
      assertThat(once.exitCode()).as(shown + once.said()).isZero();
      assertThat(once.said()).as(shown).contains("injected");
      String injected = new String(once.bytes(), spelling.charset());
      assertThat(Rewritings.run("inject", once.bytes(), "-f", "-").bytes())
          .as(injected)
          .isEqualTo(once.bytes());
      assertThat(Rewritings.run("uninject", once.bytes(), "-f", "-").bytes())
          .as(shown)
          .isEqualTo(before);
      assertThat(plain(podOf(read(spelling, injected), object.getValue())))
          .as(injected)
          .isEqualTo(
              plain(expected(Tree.map(podOf(tree, object.getValue())), workload(podOf(tree, "")))));
    }
  }

  private static WorkloadName workload(@Nullable Object object) {
    String kind = Tree.text(object, "kind");
    return kind.equals("Pod")
        ? WorkloadName.NONE
        : new WorkloadName(kind, Tree.text(object, "metadata", "name"));
  }

  private static @Nullable Object podOf(@Nullable Object tree, String path) {
    Object object = Tree.map(tree).get("items") instanceof List<?> items ? items.getFirst() : tree;
    return path.isEmpty() ? object : Tree.at(object, path.split("/", -1));
  }

  private static Object expected(Map<String, @Nullable Object> pod, WorkloadName workload) {
    Outcome outcome =
        Injection.inject(
            pod, new NamespaceContext(Map.of(), true), new TapOptions().template(), workload);
    return ((Outcome.Changed) outcome).pod();
  }

  /** Reads with a reader of its own: the parser's loader, which shares no code with ours. */
  private static @Nullable Object read(Spelling spelling, String text) throws Exception {
    if (spelling.isJson()) {
      return JsonText.read(text.replace("\uFEFF", ""));
    }
    Load load = new Load(LoadSettings.builder().setAllowDuplicateKeys(true).build());
    return load.loadFromString(text.replace("\uFEFF", ""));
  }

  /** Numbers of one class; without the words of nulls, which only texts have. */
  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        map.forEach((key, element) -> {
          if (!"apiVersion".equals(key) && !"kind".equals(key)) {
            plain.put(
                String.valueOf(key),
                "podtap.io/injected".equals(key)
                    ? String.valueOf(element).replaceFirst(",\"words\":\\{.*}}$", "}")
                    : plain(element));
          }
        });
        yield plain;
      }
      case List<?> list -> {
        List<@Nullable Object> plain = new ArrayList<>();
        list.forEach(element -> plain.add(plain(element)));
        yield plain;
      }
      case Number number -> number.toString();
      case null, default -> value;
    };
  }

  @Test
  void utf16WithoutAMarkIsRefused() {
    Charset charset = StandardCharsets.UTF_16LE;
    Rewriting run = Rewritings.run("inject", "kind: Pod\n".getBytes(charset), "-f", "-");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.said())
        .isEqualTo(
            "podtap: standard input: neither UTF-8 nor UTF-16 with a byte order mark: convert it to"
                + " UTF-8\n");
  }
}
