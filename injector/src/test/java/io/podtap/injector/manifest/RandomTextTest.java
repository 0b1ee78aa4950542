/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.inject.Injection;
import io.podtap.injector.inject.NamespaceContext;
import io.podtap.injector.inject.Outcome;
import io.podtap.injector.testing.Templates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods written in every style that YAML has: what is put in comes out again, to the byte. */
final class RandomTextTest {

  private static final int FILES = 400;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void comesBackToTheByte(long seed) {
    for (int i = 0; i < FILES; i++) {
      String text = new Writer(new Random(seed * FILES + i)).file();
      String injected =
          rewritten(
              text, workload -> Injection.inject(workload.pod(), surroundings(), Templates.PLAIN));
      assertThat(injected).as(text).contains("podtap:1");
      assertThat(rewritten(injected, workload -> Injection.uninject(workload.pod())))
          .as("seed %d, file %d", seed, i)
          .isEqualTo(text);
    }
  }

  private static NamespaceContext surroundings() {
    return new NamespaceContext(Map.of(), true);
  }

  private static String rewritten(String text, Function<Workload, Outcome> change) {
    Manifest manifest = Manifest.parse("random", text);
    for (Workload workload : manifest.workloads()) {
      assertThat(change.apply(workload))
          .as(text)
          .isInstanceOfSatisfying(
              Outcome.Changed.class,
              changed -> assertThat(manifest.change(workload, changed.pod())).isEmpty());
    }
    return manifest.text();
  }

  /** Writes one file of one to three pods and deployments. */
  private static final class Writer {

    private final Random random;
    private final StringBuilder out = new StringBuilder();
    private final boolean isFlush;
    private final int step;

    Writer(Random random) {
      this.random = random;
      isFlush = random.nextBoolean();
      step = 2 + random.nextInt(3);
    }

    private boolean chance(int oneIn) {
      return random.nextInt(oneIn) == 0;
    }

    private String pick(String... choices) {
      return choices[random.nextInt(choices.length)];
    }

    String file() {
      int documents = 1 + random.nextInt(3);
      for (int i = 0; i < documents; i++) {
        if (i > 0 || chance(3)) {
          out.append("---").append(chance(3) ? " # document" : "").append('\n');
        }
        document();
      }
      String text = out.toString();
      text = chance(4) ? text.stripTrailing() : text;
      return chance(4) ? text.replace("\n", "\r\n") : text;
    }

    private void document() {
      boolean isPod = random.nextBoolean();
      line("", "apiVersion: " + (isPod ? "v1" : "apps/v1"));
      line("", "kind: " + (isPod ? "Pod" : "\"Deployment\""));
      if (isPod) {
        pod("");
        return;
      }
      metadata("");
      line("", "spec:");
      String indent = " ".repeat(step);
      line(indent, "replicas: 2");
      line(indent, "template:");
      pod(indent + " ".repeat(step));
    }

    private void pod(String indent) {
      List<Runnable> parts = new ArrayList<>();
      if (!chance(4)) {
        parts.add(() -> metadata(indent));
      }
      parts.add(() -> spec(indent));
      java.util.Collections.shuffle(parts, random);
      parts.forEach(Runnable::run);
    }

    private void metadata(String indent) {
      if (chance(4)) {
        line(
            indent,
            "metadata: {name: a" + pick("", ", labels: {b: 'c'}", ", annotations: {}") + "}");
        return;
      }
      line(indent, "metadata:");
      String inner = indent + " ".repeat(step);
      line(inner, "name: " + pick("a", "'a b'", "\"\\u00e9\"", "é", "👀"));
      switch (random.nextInt(5)) {
        case 0 -> line(inner, "annotations:");
        case 1 -> line(inner, "annotations: {x: \"1\"}");
        case 2 -> {
          line(inner, "annotations:");
          line(
              inner + " ".repeat(step),
              "x: "
                  + pick(
                      "'1'",
                      "|\n"
                          + inner
                          + " ".repeat(step + 2)
                          + "two\n"
                          + inner
                          + " ".repeat(step + 2)
                          + "lines",
                      "y"));
        }
        default -> {}
      }
      if (random.nextBoolean()) {
        line(inner, "labels:");
        line(inner + " ".repeat(step), "app: z");
      }
    }

    private void spec(String indent) {
      if (chance(6)) {
        line(indent, "spec: {containers: [{name: a, image: b}]}");
        return;
      }
      line(indent, "spec:");
      String inner = indent + " ".repeat(step);
      List<Runnable> parts = new ArrayList<>();
      parts.add(() -> containers(inner, "containers"));
      switch (random.nextInt(5)) {
        case 0 -> parts.add(() -> containers(inner, "initContainers"));
        case 1 -> parts.add(() -> line(inner, "initContainers: " + pick("[]", "[ ]", "")));
        case 2 -> parts.add(() -> line(inner, "initContainers: [{name: i, image: j} ]"));
        default -> {}
      }
      if (random.nextBoolean()) {
        parts.add(() -> line(inner, "terminationGracePeriodSeconds: " + pick("5", "0x10", "010")));
      }
      java.util.Collections.shuffle(parts, random);
      parts.forEach(Runnable::run);
    }

    private void containers(String indent, String key) {
      line(indent, key + ':');
      String dash = isFlush ? indent : indent + " ".repeat(step);
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        String name = key.charAt(0) + Integer.toString(i);
        String gap = " ".repeat(1 + random.nextInt(3));
        if (chance(4)) {
          line(dash, '-' + gap + "{name: " + name + ", image: 'x'}");
          continue;
        }
        String inner = dash + ' ' + gap;
        line(dash, '-' + gap + "name: " + name);
        line(inner, "image: " + pick("x", "\"x:1\"", "'x@y'"));
        if (chance(3)) {
          line(
              inner,
              "args: "
                  + pick(
                      "[a, b]",
                      ">-\n" + inner + "    folded\n" + inner + "    text",
                      "|+\n" + inner + "    kept\n"));
        }
      }
    }

    private void line(String indent, String text) {
      if (chance(6)) {
        out.append(indent).append("# speaks of the next line\n");
      }
      boolean isOneLine = text.indexOf('\n') < 0;
      out.append(indent)
          .append(text)
          .append(isOneLine && chance(6) ? "   # aside" : "")
          .append('\n');
      if (chance(8)) {
        out.append('\n');
      }
    }
  }
}
