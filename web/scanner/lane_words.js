/** What a lane tells its agent beside the reasons of a decision. */

export const NOT_SERVED = Object.freeze({
  fr: 'Le téléphone n’a pas su traiter cette présentation. Vérifiez vous-même, puis répondez.',
  en: 'The phone could not handle this showing. Check it yourself, then answer.',
});
export const FROM_CONSOLE = Object.freeze({
  fr: 'La console demande de laisser passer cette personne.',
  en: 'The console asks to let this person through.',
});
export const TOO_MANY = Object.freeze({
  fr:
    'Trop de codes inconnus d’affilée : ils sont comptés, sans carte ni ligne au journal. ' +
    'Les laissez-passer de l’établissement passent comme d’habitude. Voyez qui présente ces codes.',
  en:
    'Too many unknown codes in a row: they are counted, without a card or a line in the journal. ' +
    'The school’s own passes work as usual. See who is showing these codes.',
});
