/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.command;

import io.podtap.tap.option.TapOption;
import io.podtap.tap.option.TapOptionValues;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/** Gives {@link TapCommand} its options, one for each {@link TapOption}. Picocli makes it. */
public final class DeclaredOptions implements IModelTransformer {

  @Override
  public CommandSpec transform(CommandSpec command) {
    if (command.userObject() instanceof TapCommand tap) {
      for (TapOption option : TapOption.values()) {
        Value value = new Value(option, tap.options());
        command.addOption(
            OptionSpec.builder("--" + option.option())
                .paramLabel(option.label())
                .description(option.description().toArray(String[]::new))
                .type(option.type())
                .initialValue(option.initial())
                .getter(value)
                .setter(value)
                .build());
      }
    }
    return command;
  }

  /** One option's value, as picocli reads and writes it. */
  private record Value(TapOption option, TapOptionValues values) implements IGetter, ISetter {

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // picocli knows the type
    public <T> @Nullable T get() {
      return (T) values.get(option);
    }

    @Override
    public <T> T set(T value) {
      values.set(option, value);
      return value;
    }
  }
}
