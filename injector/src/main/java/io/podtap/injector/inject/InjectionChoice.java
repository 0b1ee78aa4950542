/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether a tap is wanted. A no of the namespace or of the pod wins over everything, a yes of
 * either over the default.
 */
final class InjectionChoice {

  private enum Answer {
    YES,
    NO,
    NONE
  }

  private InjectionChoice() {}

  static void require(
      Map<String, @Nullable Object> namespaceLabels,
      Map<String, @Nullable Object> podLabels,
      boolean isChosenByDefault)
      throws InjectException {
    Answer namespace = answer("namespace", namespaceLabels);
    Answer pod = answer("pod", podLabels);
    if (namespace == Answer.NO || pod == Answer.NO) {
      String whose = pod == Answer.NO ? "pod" : "namespace";
      throw new InjectException(Reason.OPTED_OUT, "the " + whose + "'s label says so");
    }
    if (namespace == Answer.NONE && pod == Answer.NONE && !isChosenByDefault) {
      throw new InjectException(
          Reason.NOT_CHOSEN,
          "neither namespace nor pod is labelled " + WellKnownNames.INJECT + "=enabled");
    }
  }

  private static Answer answer(String whose, Map<String, @Nullable Object> labels)
      throws InjectException {
    if (!labels.containsKey(WellKnownNames.INJECT)) {
      return Answer.NONE;
    }
    String value = String.valueOf(labels.get(WellKnownNames.INJECT));
    if (!(labels.get(WellKnownNames.INJECT) instanceof String)) {
      throw new InjectException(
          Reason.BAD_LABEL,
          whose
              + "'s label "
              + WellKnownNames.INJECT
              + " is "
              + value
              + ", not a text: put it in quotes");
    }
    return switch (value) {
      case "enabled", "true" -> Answer.YES;
      case "disabled", "false" -> Answer.NO;
      default ->
          throw new InjectException(
              Reason.BAD_LABEL,
              whose
                  + "'s label "
                  + WellKnownNames.INJECT
                  + " is '"
                  + value
                  + "', not enabled or disabled");
    };
  }
}
