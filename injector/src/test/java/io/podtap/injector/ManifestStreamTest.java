/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.testing.Rewriting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Files, folders and streams through {@code podtap inject}. */
final class ManifestStreamTest {

  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: %s}
      spec:
        containers:
        - {name: a, image: b}
      """;

  @TempDir private Path folder;

  private static String pod(String name) {
    return POD.formatted(name);
  }

  /** Hands out documents as long as they are asked for. */
  private static final class Documents extends InputStream {

    private final int count;
    private final String format;
    private int next;
    private byte[] document = new byte[0];
    private int at;

    Documents(int count, String format) {
      this.count = count;
      this.format = format;
    }

    @Override
    public int read() {
      if (at == document.length) {
        if (next == count) {
          return -1;
        }
        document = format.formatted(next).getBytes(StandardCharsets.UTF_8);
        next++;
        at = 0;
      }
      return document[at++] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      int first = read();
      if (first < 0) {
        return -1;
      }
      bytes[offset] = (byte) first;
      return 1;
    }
  }

  /** Counts what is written, and keeps nothing of it. */
  private static final class Counter extends OutputStream {

    private final Documents in;
    private long bytes;
    private int aheadMax;
    private int flushed;

    Counter(Documents in) {
      this.in = in;
    }

    @Override
    public void write(int one) {
      bytes++;
    }

    @Override
    public void write(byte[] many, int offset, int length) {
      bytes += length;
    }

    @Override
    public void flush() {
      flushed++;
      aheadMax = Math.max(aheadMax, in.next - flushed);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "---\n" + POD,
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"%s\"}}\n"
      })
  void documentsAreWrittenBeforeMoreAreRead(String format) {
    Documents in = new Documents(3_000, format);
    Counter out = new Counter(in);
    Streams streams =
        new Streams(in, new PrintStream(out), new PrintStream(OutputStream.nullOutputStream()));
    assertThat(new CommandLine(new InjectCommand(streams)).execute("-f", "-")).isZero();
    assertThat(out.bytes).isPositive();
    int buffered = (3 << 16) / (format.length() - 4);
    assertThat(out.aheadMax).as("documents read ahead of those written").isLessThan(buffered);
  }

  @Test
  void whatIsWrittenBeforeAMistakeAreWholeDocuments() {
    String good = pod("a") + "---\n" + pod("b");
    Rewriting run =
        Rewritings.inject(
            good + "---\n# three\nkind: Pod\nmetadata: {name: c\nspec: {}\n---\n" + pod("d"));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(Rewritings.uninject(run.out()).out()).isEqualTo(good);
    assertThat(run.said())
        .contains("pod/a: injected\n", "pod/b: injected\n")
        .contains("podtap: standard input, line 18: ")
        .contains("(document 3: those before it are written, the rest of the file is not)")
        .doesNotContain("pod/d");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a: b\\n---\\nkind: Pod\\n a: [ | 4",
        "\\n\\na: {b: c | 3",
        "a: 'b\\n | 1",
        "a: b\\r\\nb: c\\r\\nd: [}\\r\\n | 3",
        "a: b\\rb: c\\rd: [}\\r | 3",
        "{\\\"a\\\": 1}\\n{\\\"b\\\": [}\\n | 2",
        "a: 1\\n\\tb: 2 | 2",
        "a: *none | 1",
        "a: 1\\nb: !!int x | 2",
        "a: 1\\nb: \\u0001 | 2"
      })
  void anErrorNamesTheFilesLine(String text, int line) {
    String plain =
        text.replace("\\n", "\n")
            .replace("\\r", "\r")
            .replace("\\t", "\t")
            .replace("\\u0001", "\u0001")
            .replace("\\\"", "\"");
    Rewriting run = Rewritings.inject(plain);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.said()).startsWith("podtap: standard input, line " + line + ": ");
    assertThat(run.said().lines()).hasSize(1);
  }

  @Test
  void itemsOfAListAreRewrittenOneByOne() {
    StringBuilder list = new StringBuilder("# all\napiVersion: v1\nitems:\n");
    for (int i = 0; i < 300; i++) {
      list.append("# item ")
          .append(i)
          .append("\n-   # it\n  ")
          .append(pod("p" + i).strip().replace("\n", "\n  "))
          .append('\n');
    }
    list.append("kind: List\nmetadata: {}\n");
    Rewriting run = Rewritings.inject(list.toString());
    assertThat(run.said().lines()).hasSize(300);
    assertThat(Rewritings.uninject(run.out()).out()).isEqualTo(list.toString());
  }

  @Test
  void anAliasBetweenItemsIsFollowed() {
    String list =
        """
        kind: List
        apiVersion: v1
        items:
        - apiVersion: v1
          kind: Pod
          metadata: {name: a}
          spec:
            containers:
            - &c {name: a, image: b}
        - apiVersion: v1
          kind: Pod
          metadata: {name: b}
          spec:
            containers:
            - *c
        """;
    Rewriting run = Rewritings.inject(list);
    assertThat(run.said().lines()).hasSize(2);
    assertThat(Rewritings.uninject(run.out()).out()).isEqualTo(list);
  }

  @Test
  void foldersSeveralFilesAndStandardInputAreJoined() throws IOException {
    Path inner = Files.createDirectories(folder.resolve("a/inner"));
    Files.writeString(folder.resolve("a/2.yaml"), pod("two").stripTrailing());
    Files.writeString(
        folder.resolve("a/1.json"),
        "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"one\"},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"b\"}]}}");
    Files.writeString(folder.resolve("a/notes.txt"), "no manifest");
    Files.writeString(inner.resolve("3.yml"), "---\n" + pod("three"));
    Path file = Files.writeString(folder.resolve("4.yaml"), pod("four"));
    String names = "podtap: pod/one: injected\npodtap: pod/two: injected\n";

    Rewriting flat = Rewritings.run("inject", new byte[0], folder.resolve("a").toString());
    assertThat(flat.said()).isEqualTo(names);
    assertThat(Rewritings.uninject(flat.out()).said()).contains("pod/one", "pod/two");

    Rewriting all =
        Rewritings.run(
            "inject",
            pod("five").getBytes(StandardCharsets.UTF_8),
            "-R",
            "-f",
            folder.resolve("a").toString(),
            "-f",
            file.toString(),
            "-f",
            "-");
    assertThat(all.said())
        .isEqualTo(
            names
                + "podtap: pod/three: injected\n"
                + "podtap: pod/four: injected\n"
                + "podtap: pod/five: injected\n");
    assertThat(Rewritings.inject(all.out()).out()).isEqualTo(all.out());
    assertThat(Rewritings.uninject(all.out()).said().lines()).hasSize(5);
  }

  @Test
  void whatCannotBeReadSaysWhy() throws IOException {
    for (String[] one :
        new String[][] {
          {folder.resolve("none.yaml").toString(), "cannot be read: no such file"},
          {folder.toString(), "has no .yaml, .yml or .json"},
          {"https://example.org/a.yaml", "is a URL, which is not fetched"},
        }) {
      Rewriting run = Rewritings.run("inject", new byte[0], "-f", one[0]);
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.said()).contains(one[1]);
    }
    assertThat(Rewritings.run("inject", new byte[0]).said()).contains("no file: give FILE");
    assertThat(Rewritings.run("inject", new byte[0], "-", "-f", "-").said())
        .contains("named more than once");
  }

  @Test
  void aFilesMistakeDoesNotKeepOthersBack() throws IOException {
    Path bad = Files.writeString(folder.resolve("bad.yaml"), "a: [");
    Path good = Files.writeString(folder.resolve("good.yaml"), pod("good"));
    Rewriting run = Rewritings.run("inject", new byte[0], bad.toString(), good.toString());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.said()).contains("bad.yaml, line 1: ", "pod/good: injected");
  }

  @Test
  void aFailingOutputIsSaidAndNothingIsCalledInjected() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int one) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    Streams streams =
        new Streams(
            new java.io.ByteArrayInputStream(pod("a").getBytes(StandardCharsets.UTF_8)),
            new PrintStream(full),
            new PrintStream(said, true, StandardCharsets.UTF_8));
    assertThat(new CommandLine(new InjectCommand(streams)).execute("-")).isEqualTo(2);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("standard output cannot be written")
        .doesNotContain("injected");
  }

  @Test
  void namespacesOfFilesCountWhereverTheyStand() throws IOException {
    String namespace =
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {podtap.io/inject: disabled}}
        """;
    String text = pod("a").replace("name: a}", "name: a, namespace: shop}") + "---\n" + namespace;
    Path file = Files.writeString(folder.resolve("a.yaml"), text);
    assertThat(Rewritings.run("inject", new byte[0], file.toString()).said()).contains("opted-out");

    Rewriting streamed = Rewritings.inject(text);
    assertThat(streamed.exitCode()).isEqualTo(1);
    assertThat(streamed.said()).contains("namespace/shop: stands behind pod/a");

    Path without = Files.writeString(folder.resolve("b.yaml"), pod("b") + "---\n" + namespace);
    assertThat(Rewritings.run("inject", new byte[0], "-n", "shop", without.toString()).said())
        .contains("pod/b: unchanged, opted-out");
  }

  @Test
  void whatMakesPodsAndIsNotKnownIsSaid() {
    String widget =
        """
        apiVersion: example.com/v1
        kind: Widget
        metadata: {name: w}
        spec:
          tasks:
          - template:
              metadata: {labels: {a: b}}
              spec: {containers: [{name: a, image: b}]}
          - template:
              spec: {containers: [{name: c, image: d}]}
        """;
    Rewriting unknown = Rewritings.inject(widget);
    assertThat(unknown.exitCode()).isZero();
    assertThat(unknown.out()).isEqualTo(widget);
    assertThat(unknown.said())
        .contains(
            "widget/w: unchanged, unknown-workload: Widget.example.com has a pod at"
                + " spec/tasks/*/template");

    Rewriting asked = Rewritings.inject(widget.replace("{a: b}}", "{podtap.io/inject: enabled}}"));
    assertThat(asked.exitCode()).isEqualTo(1);

    String option = "--workload=Widget.example.com=spec/tasks/*/template";
    Rewriting known = Rewritings.inject(widget, option);
    assertThat(known.said()).isEqualTo("podtap: widget/w: injected\n".repeat(2));
    assertThat(known.out()).contains("podtap.io/injected");
    assertThat(Rewritings.inject(known.out(), option).out()).isEqualTo(known.out());
    assertThat(Rewritings.uninject(known.out(), option).out()).isEqualTo(widget);
    assertThat(Rewritings.inject(widget, "--workload=Widget").said())
        .contains("is not KIND[.GROUP]=PATH");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "argoproj.io/v1alpha1 Rollout",
        "apps.openshift.io/v1 DeploymentConfig",
        "v1 DeploymentConfig",
        "serving.knative.dev/v1 Service",
        "serving.knative.dev/v1 Configuration",
        "apps/v1 ReplicaSet",
        "v1 ReplicationController",
        "batch/v1 Job",
        "apps/v1 DaemonSet",
        "apps/v1 StatefulSet"
      })
  void whatPeopleRunIsKnown(String kind) {
    String[] words = kind.split(" ", -1);
    String text =
        "apiVersion: %s\nkind: %s\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: a, image: b}]}}}\n"
            .formatted(words[0], words[1]);
    Rewriting run = Rewritings.inject(text);
    assertThat(run.said()).contains("/a: injected");
    assertThat(Rewritings.uninject(run.out()).out()).isEqualTo(text);
  }

  @Test
  void whatAControllerMakesIsLeftAlone() {
    String owned =
        pod("a")
            .replace(
                "{name: a}",
                "{name: a, ownerReferences: [{kind: ReplicaSet, name: r, controller: true}]}");
    Rewriting run = Rewritings.inject(owned);
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEqualTo(owned);
    assertThat(run.said())
        .isEqualTo("podtap: pod/a: unchanged, owned: replicaset/r makes it: change that instead\n");
    assertThat(Rewritings.uninject(owned).said()).contains("owned");

    String notMade = owned.replace("controller: true", "controller: false");
    assertThat(Rewritings.inject(notMade).said()).contains("injected");
    String rollout =
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: a}
        spec:
          workloadRef: {kind: Deployment, name: d}
        """;
    assertThat(Rewritings.inject(rollout).said())
        .isEqualTo("podtap: rollout/a: its pods are those of deployment/d: inject that\n");
  }

  @Test
  void keysThatAreTwiceGetANote() {
    String text =
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: 1\n  a: 2\n---\n"
            + pod("p").replace("spec:", "metadata: {name: q}\nspec:");
    Rewriting run = Rewritings.inject(text);
    assertThat(run.exitCode()).isZero();
    assertThat(run.said())
        .isEqualTo(
            """
            podtap: standard input, line 5: key 'a' is a duplicate: the last value counts
            podtap: standard input, line 10: key 'metadata' is a duplicate: the last value counts
            podtap: pod/q: injected
            """);
    assertThat(Rewritings.uninject(run.out()).out()).isEqualTo(text);
  }
}
