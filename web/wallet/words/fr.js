/** The wallet's sentences in French. A place in braces is filled when it is said. */
export const fr = {
  title: 'Mon laissez-passer',
  otherLanguage: 'English',
  back: 'Retour',
  retry: 'Réessayer',
  moment: 'Un instant…',

  // The code
  codeShown: 'Votre code est affiché. Présentez l’écran au portique.',
  codeShownOf: '{name} : le code est affiché. Présentez l’écran au portique.',
  codePicture: 'Code à présenter au portique',
  brighter: 'Montez la luminosité de l’écran.',
  batteryLow: 'Batterie presque vide : prenez aussi votre carte en papier.',
  stayOn: 'Touchez l’écran de temps en temps : il pourrait s’éteindre.',
  until: 'Valable jusqu’au {date}',
  kinds: {
    pupil: 'Élève',
    staff: 'Personnel',
    guardian: 'Responsable',
    trainee: 'Stagiaire',
    candidate: 'Candidat',
    resident: 'Résident',
    visitor: 'Visiteur',
  },
  myPasses: 'Mes laissez-passer',
  position: '{place} sur {count}',
  previous: 'Précédent',
  next: 'Suivant',
  menu: 'Menu',
  aboutPass: 'Détails',
  help: 'Aide',
  addPass: 'Ajouter un laissez-passer',
  enterCode: 'Saisir un code',
  showAnyway: 'Afficher quand même le code',
  checkNow: 'Vérifier maintenant',
  checkedNow: 'C’est vérifié à l’instant.',
  checked: 'Vérifié le {date}',
  neverChecked: 'Pas encore vérifié en ligne',
  offlineNow: 'Pas de réseau : le code fonctionne quand même.',

  // What can be in the way, and the way out
  states: {
    notYet: {
      title: 'Pas encore valable',
      what: 'Ce laissez-passer compte à partir du {date}.',
      next: 'D’ici là, présentez votre carte en papier, ou demandez un billet du jour à la vie scolaire. Si cette date est passée, vérifiez la date du téléphone.',
    },
    expired: {
      title: 'Plus valable',
      what: 'Ce laissez-passer a compté jusqu’au {date}.',
      next: 'Avec du réseau, touchez « Vérifier maintenant » : un nouveau arrive si l’établissement l’a préparé. Sinon, présentez votre carte en papier ou passez à la vie scolaire.',
    },
    suspended: {
      title: 'Suspendu',
      what: 'L’établissement a suspendu ce laissez-passer.',
      next: 'Passez à la vie scolaire : elle peut le remettre en service. D’ici là, présentez votre carte en papier ou demandez un billet du jour.',
    },
    revoked: {
      title: 'Annulé',
      what: 'L’établissement a annulé ce laissez-passer. C’est ce qui arrive aussi à l’ancien quand un autre téléphone le remplace.',
      next: 'Demandez un nouveau code à la vie scolaire : cela prend moins d’une minute. D’ici là, présentez votre carte en papier.',
    },
    ended: {
      title: 'Terminé',
      what: 'Ce laissez-passer est arrivé à sa fin.',
      next: 'Demandez un nouveau code à la vie scolaire. D’ici là, présentez votre carte en papier.',
    },
    off: {
      title: 'Pas de téléphone ici',
      what: 'L’établissement n’utilise pas les téléphones au portique.',
      next: 'Présentez votre carte en papier. Perdue ? La vie scolaire en imprime une autre.',
    },
    unknown: {
      title: 'Inconnu de l’établissement',
      what: 'Le serveur de l’établissement ne connaît pas ce laissez-passer.',
      next: 'Demandez un nouveau code à la vie scolaire : cela prend moins d’une minute. D’ici là, présentez votre carte en papier.',
    },
    clock: {
      title: 'L’heure du téléphone est fausse',
      what: 'Il {way} de {gap}. Le portique refuse un code qui n’est pas à l’heure.',
      next: 'Réglez l’heure du téléphone sur « automatique », puis revenez ici. Sans y arriver, présentez votre carte en papier.',
    },
    lost: {
      title: 'Ce téléphone a perdu sa clé',
      what: 'Sans elle, il ne peut plus faire de code pour ce laissez-passer. Cela arrive quand le navigateur est vidé ou le téléphone réinitialisé.',
      next: 'Demandez un nouveau code à la vie scolaire : cela prend moins d’une minute. D’ici là, présentez votre carte en papier ou demandez un billet du jour.',
    },
  },
  clockWays: [
    'Android : Paramètres › Système › Date et heure',
    'Samsung : Paramètres › Gestion globale › Date et heure',
    'iPhone : Réglages › Général › Date et heure',
  ],
  clockAhead: 'avance',
  clockBehind: 'retarde',
  gapSeconds: '{count} s',
  gapMinutes: '{count} min',
  gapHours: 'plus de {count} h',
  clockNear: 'L’heure du téléphone est un peu fausse ({gap}).',
  howToMend: 'Que faire ?',

  // Getting a pass
  welcome: 'Votre laissez-passer dans ce téléphone',
  welcomeWhat:
    'Un code sur l’écran, présenté au portique comme la carte en papier. Il fonctionne sans réseau. La carte en papier continue de marcher.',
  codeLabel: 'Code reçu de l’établissement',
  codeHint:
    'Des lettres et des chiffres, par groupes de quatre. Majuscules ou non, comme vous voulez.',
  add: 'Ajouter à ce téléphone',
  adding: 'Ajout en cours…',
  gone: 'Vous aviez déjà un laissez-passer ici ?',
  goneWhat:
    'Un téléphone réinitialisé, changé ou vidé perd sa clé, et personne ne peut la copier. Demandez un nouveau code à la vie scolaire : cela prend moins d’une minute, et l’ancien laissez-passer est annulé. D’ici là, présentez votre carte en papier ou demandez un billet du jour.',
  noCode: 'Pas de code ?',
  noCodeWhat: 'La vie scolaire en donne un, sur papier ou sur son écran. Il sert une seule fois.',
  recorded: 'Ce que l’établissement a noté',

  // Installing
  installFirst: 'Installez d’abord l’application',
  installFirstWhat:
    'Sur iPhone et iPad, ce que garde Safari s’efface après quelques jours sans visite. L’application installée, elle, garde votre laissez-passer.',
  installApple1: 'Touchez Partager, en bas ou en haut de Safari.',
  installApple2: 'Choisissez « Sur l’écran d’accueil », puis « Ajouter ».',
  installApple3: 'Ouvrez l’application depuis l’écran d’accueil et saisissez ce code :',
  installApple3NoCode: 'Ouvrez l’application depuis l’écran d’accueil et saisissez le code.',
  copyCode: 'Copier le code',
  copied: 'Copié. Collez-le dans l’application installée.',
  notSafari: 'Pas de bouton Partager ? Ouvrez cette page dans Safari.',
  withoutInstalling: 'Continuer sans installer',
  install: 'Installer l’application',
  installWhy:
    'Pour l’ouvrir d’un geste, et pour que le téléphone garde mieux votre laissez-passer.',
  installMenu:
    'Pour l’ouvrir d’un geste : menu du navigateur, puis « Installer » ou « Ajouter à l’écran d’accueil ».',

  // What goes wrong while getting a pass
  wrong: {
    short: 'Ce code n’est pas complet : il a 8 ou 12 lettres et chiffres.',
    code: 'Ce code ne va pas : mal recopié, déjà utilisé ou trop ancien. Vérifiez-le, ou demandez-en un autre à la vie scolaire.',
    wait: 'Trop d’essais depuis ce réseau. Réessayez dans {wait}.',
    off: 'L’établissement n’utilise pas les téléphones au portique. Présentez votre carte en papier.',
    offline:
      'Le serveur de l’établissement ne répond pas. Vérifiez le réseau et réessayez : le code reste bon.',
    unanswered: 'Le serveur de l’établissement ne répond pas. Vérifiez le réseau et réessayez.',
    busy: 'Le serveur est occupé. Réessayez dans un moment.',
    later: 'Le serveur est occupé. Réessayez dans un moment : le code reste bon.',
    old: 'Cette application est plus ancienne que le serveur. Fermez-la, rouvrez-la avec du réseau, puis réessayez.',
    full: 'Le téléphone n’a plus de place. Effacez quelques photos ou applications, puis réessayez : le code reste bon.',
    closed:
      'Ce navigateur ne garde rien : navigation privée, ou stockage interdit. Ouvrez cette page dans une fenêtre normale.',
    unsafe:
      'Cette page n’est pas ouverte par une adresse sûre (https). Rouvrez-la par le code reçu, ou demandez à l’établissement.',
    key: 'Le navigateur refuse d’employer la clé. Fermez l’application et rouvrez-la. Si cela recommence, demandez un nouveau code à la vie scolaire.',
    lost: 'La réponse n’a pas pu être lue. Réessayez : le code reste bon quelques minutes.',
    unknown:
      'L’établissement ne connaît pas ce laissez-passer. Demandez un nouveau code à la vie scolaire.',
    notCounting:
      'Ce laissez-passer ne compte pas en ce moment : ses données ne se lisent pas ici. La vie scolaire peut vous les montrer.',
  },

  // One pass
  myData: 'Mes données',
  myDataWhat:
    'Ce que l’établissement garde sur vous, pourquoi, jusqu’à quand, qui l’a consulté, et vos droits. Demandé au serveur à chaque fois, jamais gardé dans le téléphone.',
  dataShown: 'Vos données sont affichées.',
  showMyData: 'Afficher mes données',
  asOf: 'Situation du {date}',
  nothingHere: 'Rien.',
  remove: 'Retirer de ce téléphone',
  removeWhat:
    'Le laissez-passer disparaît de ce téléphone. Pour le remettre, il faudra un nouveau code de la vie scolaire. La carte en papier reste valable.',
  removeSure: 'Oui, retirer',
  removed: 'Le laissez-passer est retiré de ce téléphone.',
  number: 'Numéro du laissez-passer',
  school: 'Établissement',
  validity: 'Validité',
  fromTo: 'du {from} au {until}',
  standing: 'État',
  standings: {
    valid: 'en service',
    suspended: 'suspendu',
    revoked: 'annulé',
    ended: 'terminé',
    off: 'téléphones non utilisés',
    unknown: 'inconnu',
  },
  kept: 'Gardé dans ce téléphone',
  keptWhat:
    'Ce que montre cette page, le laissez-passer scellé et sa clé, qui ne peut pas être copiée, quand vous l’avez choisi en dernier, et votre langue. Rien d’autre.',

  // Help
  helpShow: 'Présenter le code',
  helpShowWhat:
    'Ouvrez l’application, montez la luminosité, tenez l’écran à une main du lecteur, le carré blanc en entier. En cas de reflet, penchez un peu le téléphone. Pluie : essuyez l’écran.',
  helpFlat: 'Batterie vide, téléphone oublié ou cassé',
  helpFlatWhat:
    'Présentez votre carte en papier : elle vaut exactement autant. Sans carte, dites votre nom à l’agent : huit secondes, et rien n’est compté contre vous.',
  helpClock: 'L’heure du téléphone',
  helpLost: 'Téléphone perdu ou volé',
  helpLostWhat:
    'Prévenez la vie scolaire : elle suspend le laissez-passer tout de suite, et le remet en service si le téléphone revient.',
  helpNew: 'Nouveau téléphone',
  helpNewWhat:
    'Demandez un nouveau code à la vie scolaire et ouvrez-le sur le nouveau téléphone. L’ancien ne compte plus.',
  helpShot: 'Capture d’écran',
  helpShotWhat:
    'Une capture ne sert à rien : le code change toutes les 15 secondes, et seul ce téléphone sait le faire.',
  helpChoice: 'Rien n’oblige à utiliser un téléphone',
  helpChoiceWhat: 'La carte en papier ouvre la même voie, aussi vite.',
};
