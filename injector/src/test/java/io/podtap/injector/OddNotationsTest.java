/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.podtap.injector.testing.Rewriting;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Notations that are rare and that kubectl takes, and objects that it does not take: each gets its
 * tap or a line that says why not, a second run changes nothing, and {@code uninject} gives back
 * every byte.
 */
final class OddNotationsTest {

  private static final String MARK = "\uFEFF";
  private static final String JSON =
      "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"},\"spec\":"
          + "{\"containers\":[{\"name\":\"a\",\"image\":\"a\"}]}}";
  private static final String YAML =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: a
      spec:
        template:
          metadata:
            labels: {app: a}
          spec:
            containers:
            - name: a
              image: a:1
      """;

  /** Text and how many taps it gets. */
  static final List<Arguments> TAKEN =
      List.of(
          arguments(YAML + MARK + "---\n" + YAML, 2),
          arguments("---\n" + MARK + YAML + "---\n" + MARK + YAML + MARK + "---\n" + YAML, 3),
          arguments(MARK + YAML.replace("\n", "\r\n") + MARK + "---\r\n" + YAML, 2),
          arguments(JSON + "\n" + MARK + JSON, 2),
          arguments(MARK + JSON + MARK + JSON + JSON, 3),
          arguments(JSON + MARK + "---\n" + YAML, 2),
          arguments(JSON.replace("\"containers\"", "\"c\\u006fntainers\""), 1),
          arguments("--- # --- first ---\n" + YAML + "--- #---\n" + YAML, 2),
          arguments(YAML + "... # end\n# --- after\n---\n" + YAML, 2),
          arguments("---\t# tab\n" + YAML, 1),
          arguments(YAML.replace("\n", "\r"), 1),
          arguments(YAML.replace("image: a:1\n", "image: a:1\r"), 1),
          arguments(YAML.replace("image: a:1", "image: !<tag:yaml.org,2002:str> a:1"), 1),
          arguments(YAML.replace("containers:\n", "initContainers: Null\n      containers:\n"), 1),
          arguments(YAML.replace("containers:\n", "initContainers:\n      containers:\n"), 1),
          arguments(YAML + "        command:\n        - |+\n          x\n\n\n---\n" + YAML, 2),
          arguments("%YAML 1.1\n---\n" + YAML + "...\n%YAML 1.2\n---\n" + YAML, 2),
          arguments(
              """
              ? apiVersion
              : v1
              ? kind
              : Pod
              ? >-
                metadata
              : name: a
              spec:
                ? containers
                :
                - {name: a, image: a}
              """,
              1),
          arguments("x: |\n  " + MARK + "---\n  ---\n---\n" + YAML, 1));

  /** Text, what is said of it, and the exit code. */
  static final List<Arguments> LEFT_ALONE =
      List.of(
          left("Pod, metadata: [1], spec: {containers: [{name: a}]}", "metadata is not a map", 1),
          left("Pod, metadata: x, spec: {containers: [{name: a}]}", "metadata is not a map", 1),
          left(
              "Pod, metadata: {annotations: [x]}, spec: {containers: [{name: a}]}",
              "metadata/annotations is not a map",
              1),
          left(
              "Pod, metadata: {labels: x}, spec: {containers: [{name: a}]}",
              "metadata/labels is not a map",
              1),
          left(
              "Pod, spec: {initContainers: {a: b}, containers: [{name: a}]}",
              "spec/initContainers is not a list of objects",
              1),
          left(
              "Pod, spec: {initContainers: [x], containers: [{name: a}]}",
              "spec/initContainers is not a list of objects",
              1),
          left(
              "Pod, spec: {volumes: x, containers: [{name: a}]}",
              "spec/volumes is not a list of objects",
              1),
          left("Pod, spec: {containers: [x]}", "spec/containers is not a list of objects", 1),
          left("Pod, spec: {containers: null}", "it has no containers", 1),
          left("PodTemplate, template: 1", "no pod template at template", 0),
          arguments(
              "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: 3}}\n",
              "deployment/a: unchanged, not-a-pod: no pod template at spec/template",
              0),
          arguments(
              "{apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: {spec: null}}}\n",
              "no pod template at spec/jobTemplate/spec/template",
              0),
          arguments(
              "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {strategy: {canary: {steps:"
                  + " [{setWeight: 5}]}}}}\n",
              "no pod template at spec/template",
              0));

  private static Arguments left(String text, String said, int code) {
    return arguments("{apiVersion: v1, kind: " + text + "}\n", said, code);
  }

  @ParameterizedTest
  @FieldSource("TAKEN")
  void isTaken(String text, int taps) {
    Rewriting run = Rewritings.inject(text);
    assertThat(run.said().lines())
        .as(run.said())
        .hasSize(taps)
        .allMatch(one -> one.endsWith("injected"));
    assertThat(run.exitCode()).isZero();
    assertThat(Rewritings.inject(run.out()).out()).as("twice").isEqualTo(run.out());
    assertThat(Rewritings.uninject(run.out()).out()).isEqualTo(text);
  }

  @ParameterizedTest
  @FieldSource("LEFT_ALONE")
  void isLeftAloneWithAWord(String text, String said, int code) {
    Rewriting run = Rewritings.inject(text);
    assertThat(run.said()).contains("not-a-pod", said).hasLineCount(1);
    assertThat(run.exitCode()).isEqualTo(code);
    assertThat(run.out()).isEqualTo(text);
  }

  @Test
  void aPathThatIsGivenAndNotThereIsSaid() {
    String widget = "{apiVersion: a.example/v1, kind: Widget, metadata: {name: w}, spec: {x: 1}}\n";
    Rewriting run = Rewritings.inject(widget, "--workload", "Widget=spec/nothing");
    assertThat(run.said())
        .contains("widget/w: unchanged, not-a-pod: no pod template at spec/nothing");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  /** The pod is elsewhere: what was given is wrong, so the exit code is not 0. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{template: {spec: {containers: [{name: a}]}}} | spec.template"
            + " | there is one at spec/template: --workload Widget.a.example=spec/template",
        "{tasks: [{template: {spec: {containers: [{name: a}]}}}]} | spec/tasks/template"
            + " | --workload 'Widget.a.example=spec/tasks/*/template'",
        "{podSpec: {containers: [{name: a}]}} | spec/template"
            + " | it has containers at spec/podSpec/containers and no pod template",
        "{workloadRef: {kind: Deployment, name: d}} | spec/template"
            + " | its pods are those of deployment/d: inject that",
        "{podSpec: {containers: [{name: a}]}} | spec/podSpec | it has no containers",
        "{template: text} | spec/template | no pod template at spec/template",
        "{containers: [{name: a}]} | spec/template | there is one at its top: --workload Widget.a.example=",
      })
  void aPathThatMissesThePodIsAMistake(String spec, String path, String said) {
    String widget =
        "{apiVersion: a.example/v1, kind: Widget, metadata: {name: w}, spec: " + spec + "}\n";
    Rewriting run = Rewritings.inject(widget, "--workload", "Widget=" + path);
    assertThat(run.said()).contains("widget/w: unchanged, not-a-pod: ", said).hasLineCount(1);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEqualTo(widget);
  }

  /** What is recommended has to work: where it cannot, nothing is recommended. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{containers: [{name: a}]}",
        "{template: {spec: {containers: [{name: a}]}}}",
        "{a: {b: {metadata: {}, spec: {containers: [{image: a}]}}}}",
        "{tasks: [{pod: {spec: {containers: [{name: a}]}}}]}",
        "{podSpec: {containers: [{name: a}]}}",
        "{tasks: [{containers: [{image: a}]}]}",
        "{podTemplate: {spec: {containers: [{env: [{name: a, value: b}]}]}}}",
      })
  void theRecommendedOptionInjects(String spec) {
    String widget =
        "{apiVersion: a.example/v1, kind: Widget, metadata: {name: w}, spec: " + spec + "}\n";
    String said = Rewritings.inject(widget).said();
    assertThat(said).contains("widget/w: unchanged, unknown-workload: ");
    Matcher option = Pattern.compile("--workload '?([^' ]+)'? injects it").matcher(said);
    if (option.find()) {
      Rewriting run = Rewritings.inject(widget, "--workload", option.group(1));
      assertThat(run.said()).isEqualTo("podtap: widget/w: injected\n");
      Rewriting back = Rewritings.uninject(run.out(), "--workload", option.group(1));
      assertThat(back.out()).isEqualTo(widget);
    } else {
      assertThat(said).contains("no pod template: the webhook injects its pods");
    }
  }

  @Test
  void aGivenKindThatIsNotThereIsSaid() {
    Rewriting run = Rewritings.inject(YAML, "--workload", "deployment=spec/template");
    assertThat(run.said())
        .contains("deployment/a: injected")
        .endsWith("podtap: --workload deployment=spec/template: no object is of this kind\n");
    assertThat(run.exitCode()).isZero();
  }

  /** kubectl rejects these documents; they stay as they are, and that is said. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "- kind: Pod\\n  spec: {containers: [{name: a}]}\\n | line 1: unchanged: a list, and a document",
        "[{\"kind\": \"Pod\", \"spec\": {\"containers\": [{\"name\": \"a\"}]}}] | line 1: unchanged: a list",
        "# text\\n---\\n- a\\n- b\\n | line 3: unchanged: a list",
        "kind: List\\nitems:\\n- [a]\\n- b\\n | line 3: unchanged: a list, and an item of a List",
        "kind: List\\nitems:\\n- null\\n- b\\n | line 4: unchanged: a text, and an item of a List",
        "kind: PodList\\nitems:\\n- &a [x]\\n- *a\\n | line 3: unchanged: a list, and an item of a List",
        "hello\\n | line 1: unchanged: a text, and a document",
        "a: b\\n...\\n'null'\\n | line 3: unchanged: a text",
        "--- kind\\n | line 1: unchanged: a text",
      })
  void whatIsNoObjectIsSaid(String text, String said) {
    String plain = text.replace("\\n", "\n");
    Rewriting run = Rewritings.inject(plain);
    assertThat(run.said()).contains("podtap: standard input, " + said);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "---\n",
        "# text\n",
        "null\n",
        "~\n---\n",
        "kind: ConfigMap\nitems: [a, [b]]\n",
        "kind: List\nitems: []\n",
        "a: b\n---\n",
        "kind: List\nitems: [null]\n"
      })
  void whatIsEmptyOrAnObjectIsPassedInSilence(String text) {
    Rewriting run = Rewritings.inject(text);
    assertThat(run.said()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEqualTo(text);
  }

  /** An alias of a user may have kubectl's options for every command. */
  @Test
  void optionsOfAClusterAreAcceptedAndSaidToHaveNoEffect() {
    String[] options = {
      "--kubeconfig=none",
      "--context",
      "c",
      "--cluster=c",
      "--user",
      "u",
      "--as=a",
      "--as-group",
      "g",
      "--as-group=h",
      "--as-uid=1",
      "-n",
      "shop"
    };
    Rewriting run = Rewritings.inject(YAML, options);
    assertThat(run.exitCode()).isZero();
    assertThat(run.said())
        .startsWith(
            "podtap: --kubeconfig, --context, --cluster, --user, --as, --as-group, --as-uid: no"
                + " effect, this command contacts no cluster\n")
        .contains("deployment/a: injected");
    Rewriting back = Rewritings.uninject(run.out(), options);
    assertThat(back.out()).isEqualTo(YAML);
    assertThat(back.said()).contains("--as-uid: no effect");
    assertThat(Rewritings.inject(YAML).said()).doesNotContain("no effect");
  }

  @Test
  void aPodOfNoKindIsSaid() {
    assertThat(Rewritings.inject(YAML.replace("kind: Deployment\n", "")).said())
        .isEqualTo(
            "podtap: object/a: unchanged, unknown-workload: it has a pod at spec/template and no"
                + " kind\n");
  }

  @Test
  void aFileWithoutANameIsRefused() {
    for (String name : new String[] {"", " "}) {
      Rewriting run = Rewritings.run("inject", new byte[0], "-f", name);
      assertThat(run.said()).isEqualTo("podtap: a file's name is empty\n");
      assertThat(run.exitCode()).isEqualTo(2);
    }
  }
}
