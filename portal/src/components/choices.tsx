// Radios and checkboxes: native inputs in a fieldset, each with its label and hint.
import { type ReactNode, useId } from "react";
import { FieldError } from "./form";

export type Choice<T extends string> = { value: T; label: ReactNode; hint?: string };

/// Radios of equal weight; nothing is chosen unless the reader chose it.
export function Radios<T extends string>(props: {
  name: string;
  legend: string;
  choices: Choice<T>[];
  value: T | null;
  error?: string | undefined;
  onChange: (value: T) => void;
}) {
  return (
    <fieldset
      className={props.error ? "field field-wrong" : "field"}
      aria-describedby={props.error ? `${props.name}-error` : undefined}
    >
      <legend>{props.legend}</legend>
      <FieldError id={`${props.name}-error`} text={props.error} />
      <div className="choices">
        {props.choices.map((choice, index) => (
          <ChoiceRow
            key={choice.value}
            type="radio"
            id={index === 0 ? props.name : `${props.name}-${choice.value}`}
            name={props.name}
            choice={choice}
            checked={props.value === choice.value}
            onChange={() => props.onChange(choice.value)}
          />
        ))}
      </div>
    </fieldset>
  );
}

export function Checkboxes<T extends string>(props: {
  name: string;
  legend: string;
  choices: Choice<T>[];
  value: T[];
  error?: string | undefined;
  onChange: (value: T[]) => void;
}) {
  const turn = (value: T, on: boolean) =>
    props.onChange(
      props.choices
        .map((choice) => choice.value)
        .filter((each) => (each === value ? on : props.value.includes(each))),
    );
  return (
    <fieldset
      className={props.error ? "field field-wrong" : "field"}
      aria-describedby={props.error ? `${props.name}-error` : undefined}
    >
      <legend>{props.legend}</legend>
      <FieldError id={`${props.name}-error`} text={props.error} />
      <div className="choices">
        {props.choices.map((choice, index) => (
          <ChoiceRow
            key={choice.value}
            type="checkbox"
            id={index === 0 ? props.name : `${props.name}-${choice.value}`}
            name={props.name}
            choice={choice}
            checked={props.value.includes(choice.value)}
            onChange={(on) => turn(choice.value, on)}
          />
        ))}
      </div>
    </fieldset>
  );
}

function ChoiceRow(props: {
  type: "radio" | "checkbox";
  id: string;
  name: string;
  choice: Choice<string>;
  checked: boolean;
  onChange: (on: boolean) => void;
}) {
  const hint = useId();
  return (
    <div className="choice">
      <input
        type={props.type}
        id={props.id}
        name={props.name}
        value={props.choice.value}
        checked={props.checked}
        aria-describedby={props.choice.hint ? hint : undefined}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <label htmlFor={props.id}>{props.choice.label}</label>
      {props.choice.hint ? (
        <p className="hint" id={hint}>
          {props.choice.hint}
        </p>
      ) : null}
    </div>
  );
}
