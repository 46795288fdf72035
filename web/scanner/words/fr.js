/** The scanner's sentences in French. A place in braces is filled when it is said. */
export const fr = {
  title: 'Scanner Portique',
  otherLanguage: 'English',
  back: 'Retour',
  retry: 'Réessayer',
  cancel: 'Annuler',

  // Joining a school
  join: {
    title: 'Ce téléphone devient un scanner',
    what: 'Il lira les laissez-passer à une porte, même sans réseau. Il lui faut d’abord l’invitation de l’établissement.',
    where:
      'Sur la console : Portiques, puis « Ajouter un portique », puis « Le téléphone d’un agent ». Un code s’affiche ; il sert une seule fois, pendant dix minutes.',
    scan: 'Lire le code avec la caméra',
    aim: 'Visez le code affiché par la console.',
    stop: 'Arrêter la caméra',
    paste: 'La caméra ne marche pas ?',
    label: 'Texte de l’invitation',
    hint: 'Ouvrez le lien de l’invitation sur ce téléphone, ou collez ici son texte : il commence par PQE1.',
    send: 'Rejoindre l’établissement',
    joining: 'Demande à l’établissement…',
    already:
      'Ce téléphone est déjà un scanner. Le rattacher de nouveau efface ses agents et les passages pas encore envoyés : {count}.',
    stay: 'Le garder comme il est',
    found: 'Invitation lue. Elle rattache ce téléphone à l’établissement.',
  },
  installFirst: 'Installez d’abord l’application',
  installWhy:
    'Installée, elle s’ouvre d’un geste, en plein écran, et le téléphone garde mieux les passages en attente.',
  installApple:
    'Sur iPhone et iPad, ce que garde Safari s’efface après quelques jours sans visite. L’application installée, elle, garde les passages.',
  installApple1: 'Touchez Partager, en bas ou en haut de Safari.',
  installApple2: 'Choisissez « Sur l’écran d’accueil », puis « Ajouter ».',
  installApple3:
    'Ouvrez l’application depuis l’écran d’accueil, puis lisez l’invitation avec la caméra.',
  installMenu: 'Menu du navigateur, puis « Installer » ou « Ajouter à l’écran d’accueil ».',
  install: 'Installer l’application',
  withoutInstalling: 'Continuer sans installer',

  // Agents
  agent: {
    firstTitle: 'Qui tient ce téléphone ?',
    firstWhat:
      'Choisissez un alias, pas votre nom, et un code PIN. Sans eux, rien ne s’ouvre sur ce téléphone.',
    addTitle: 'Ajouter un agent',
    addWhat: 'La personne choisit elle-même son alias et son code PIN, sur ce téléphone.',
    alias: 'Alias',
    aliasHint:
      'Lettres sans accent, chiffres et tirets, sans espace : loge-1. Il figure au journal.',
    pin: 'Code PIN',
    pinHint: 'Six chiffres. Ni une date, ni 123456.',
    again: 'Le même code PIN, encore une fois',
    own: 'Votre code PIN, pour accord',
    make: 'Enregistrer',
    making: 'Enregistrement…',
    added: 'Agent ajouté : {alias}.',
    remove: 'Retirer {alias}',
    removed: 'Agent retiré : {alias}.',
    here: 'Agents de ce téléphone',
    you: 'vous',
    last: 'C’est le seul agent de ce téléphone : ajoutez-en un autre avant de le retirer.',
  },
  sign: {
    title: 'Qui est à la porte ?',
    locked: 'Scanner verrouillé',
    lockedWhat: 'Dix minutes sans geste ni passage. Rien n’est perdu : tapez votre code PIN.',
    ended: 'Le service est terminé. Tapez votre code PIN pour en ouvrir un autre.',
    alias: 'Agent',
    pin: 'Code PIN',
    keypad: 'Pavé numérique',
    erase: 'Effacer',
    submit: 'Ouvrir',
    opening: 'Ouverture…',
    wrong: 'Ce code PIN n’est pas celui de cet agent.',
    wait: 'Attendez {seconds} s avant le prochain essai.',
    forgotten: 'Code PIN oublié ?',
    forgottenWhat:
      'Un autre agent de ce téléphone peut ouvrir et vous ajouter de nouveau. Si personne ne le peut : sur la console, retirez ce téléphone, puis invitez-le de nouveau. Les passages pas encore envoyés partent dès que le réseau est là, même sans PIN.',
  },

  // The lane
  lane: {
    entry: 'Entrée',
    exit: 'Sortie',
    counts: 'Comptage',
    entered: 'entrées',
    left: 'sorties',
    menu: 'Menu',
    finder: 'Image de la caméra',
    aim: 'Visez un code',
    paused: 'Caméra en pause',
    pausedWhat: 'Touchez ▷ pour reprendre.',
    pause: 'Mettre la caméra en pause',
    resume: 'Reprendre',
    torch: 'Lampe',
    turn: 'Changer de caméra',
    starting: 'La caméra démarre…',
    calm: 'Rien à vérifier',
    calmWhat: 'Qui doit être vérifié s’affiche ici et y reste jusqu’à votre réponse.',
    suspended: 'Chaque code est décidé selon l’alarme, quel que soit le mode de la voie.',
    last: 'Dernier passage',
  },
  asked: {
    unread: 'Plus près, bien à plat',
    again: 'Lecture illisible : réessayez',
    crowded: 'Un code à la fois',
    overstayed: 'Retirez le code',
  },
  card: {
    counted: 'Compté',
    nameless: 'Sans nom lisible',
    manual: 'Admission manuelle',
    aloud: 'À dire',
    next: 'Ensuite',
    why: 'Motifs',
    times: 'présenté {times} fois',
    others: 'Suivant ({count})',
    forWhom: 'Réponse pour : {name}',
    steady: 'Carte changée : vérifiez le nom.',
  },
  rule: {
    admit: { entry: 'Faire entrer', exit: 'Laisser sortir' },
    deny: { entry: 'Ne pas faire entrer', exit: 'Faire attendre' },
    why: 'Pourquoi ?',
    gone: 'Cette carte n’attend plus.',
    first: 'Trop tard : {agent} a déjà répondu.',
  },
  ruled: {
    admit: 'Passage accordé par {agent} · {reason}',
    deny: 'Passage non accordé par {agent} · {reason}',
  },
  waiting: {
    title: 'En attente',
    none: 'Personne n’attend',
    old: 'À classer',
    oldWhat:
      'Cartes d’avant un redémarrage ou un changement de mode, ou de plus d’un quart d’heure.',
    clear: 'Tout classer : reparties',
    cleared: 'Cartes classées : {count}.',
    aside: 'Cartes anciennes retirées : {count}. Trop attendaient à la fois.',
  },
  recent: {
    title: 'Derniers passages',
    none: 'Aucun passage depuis l’ouverture, ou depuis dix minutes',
  },
  manual: {
    title: 'À la main',
    head: 'Admettre à la main',
    what: 'Pour une personne sans code à présenter. Ni nom ni décompte personnel n’est conservé.',
    done: 'Admission enregistrée : {reason}',
  },
  forgotten: {
    title: 'Carte oubliée',
    letters: 'Trois lettres du nom ou du prénom',
    label: 'Classe (ou son début)',
    find: 'Chercher',
    why: 'Pourquoi',
    candidates: 'Qui est-ce ?',
    what: 'Vérifiez que c’est bien cette personne. Ses droits sont contrôlés comme si elle montrait sa carte ; aucun décompte personnel n’est conservé.',
    short: 'Il faut au moins trois lettres.',
    nobody:
      'Personne ne correspond : vérifiez les lettres, ou laissez la classe vide. Qui n’a pas encore de laissez-passer n’y est pas : « À la main ».',
    noList:
      'Ce scanner n’a pas la liste du jour. Vérifiez vous-même l’identité, puis utilisez « À la main ».',
    done: 'Carte oubliée : passage accordé et noté.',
    waits: 'Un autre motif demande votre réponse : voyez la carte affichée.',
  },
  mode: {
    title: 'Mode',
    change: 'Changer de mode',
    set: 'Mode changé : {mode}.',
    control: 'Vérification',
    controlWhat: 'Chaque laissez-passer est vérifié. C’est le mode de tous les jours.',
    counting: 'Comptage seul',
    countingWhat: 'Journée portes ouvertes, fin d’exercice : on compte, on ne vérifie pas.',
    free: 'Passage libre',
    freeWhat: 'La voie reste ouverte ; rien n’est vérifié ni compté.',
  },
  count: {
    entry: 'Une entrée',
    exit: 'Une sortie',
    entryUndo: 'Retirer une entrée',
    exitUndo: 'Retirer une sortie',
  },
  posture: {
    evacuation: 'Évacuation : laissez sortir tout le monde',
    intrusion: 'Intrusion : suivez le plan de mise en sûreté',
    shelter: 'Mise à l’abri : suivez le plan de mise en sûreté',
    drill: 'Exercice',
  },
  alert: {
    dismiss: 'J’ai vu',
    'stolen-issuer': 'Laissez-passer jamais émis, mais bien signé',
    'stolen-issuerWhat': 'Une clé d’émission est peut-être volée : prévenez la direction.',
    notice: 'À savoir',
  },

  // What is known, and what waits to be sent
  fresh: {
    fresh: 'Infos à jour',
    ageing: 'Infos anciennes ({age})',
    stale: 'Infos périmées ({age})',
    missing: 'Aucune info',
  },
  age: { now: 'à l’instant', minutes: '{count} min', hours: '{count} h', days: '{count} j' },
  link: {
    connecting: 'Connexion…',
    online: 'En ligne',
    offline: 'Hors ligne',
    offlineWhat: 'Les passages s’enregistrent dans ce téléphone et partiront tout seuls.',
    unsent: 'À envoyer : {count}',
    sent: 'Tout est envoyé',
    heard: 'Serveur joint : {age}',
    never: 'Serveur pas encore joint',
    notTaken: 'Écritures que le serveur n’a pas prises : {count}. Prévenez le technicien.',
  },

  // What does not work, and what to do
  faults: {
    denied: {
      title: 'La caméra est interdite',
      what: 'Touchez le cadenas ou les réglages du navigateur, autorisez la caméra pour cette page, puis réessayez. En attendant : lecteur Bluetooth, « Carte oubliée » ou « À la main ».',
    },
    missing: {
      title: 'Pas de caméra ici',
      what: 'Ce téléphone n’en montre aucune. Branchez un lecteur Bluetooth, ou utilisez « Carte oubliée » et « À la main ».',
    },
    busy: {
      title: 'La caméra est prise',
      what: 'Une autre application s’en sert. Fermez-la, puis réessayez.',
    },
    lost: {
      title: 'La caméra s’est arrêtée',
      what: 'Réessayez. Si cela recommence, redémarrez le téléphone. En attendant : « Carte oubliée » ou « À la main ».',
    },
    failed: {
      title: 'La caméra ne démarre pas',
      what: 'Redémarrez le navigateur, puis réessayez. En attendant : lecteur Bluetooth, « Carte oubliée » ou « À la main ».',
    },
    reader: {
      title: 'La lecture des codes ne démarre pas',
      what: 'Fermez l’application et rouvrez-la, avec du réseau la première fois. En attendant : « Carte oubliée » ou « À la main ».',
    },
    clock: {
      title: 'L’heure n’est pas sûre',
      what: 'Chaque passage est à confirmer. Mettez l’heure du téléphone sur « automatique », ou retrouvez du réseau un instant.',
    },
    untold: {
      title: 'Ce scanner ne sait encore rien de l’établissement',
      what: 'Il lui faut du réseau une fois. Vérifiez vous-même chaque identité, puis répondez ou utilisez « À la main ».',
    },
    stale: {
      title: 'Les informations sont périmées',
      what: 'Chaque passage est à confirmer. Retrouvez du réseau un instant : elles se mettent à jour toutes seules.',
    },
    unkept: {
      title: 'Les nouvelles informations ne tiennent pas ici',
      what: 'Elles servent, mais pas après la prochaine ouverture. Effacez photos ou applications pour faire de la place.',
    },
    anew: {
      title: 'Un nouveau journal a commencé',
      what: 'La mémoire du scanner a été effacée ou abîmée. Ce qui n’était pas encore envoyé est perdu. Prévenez le technicien.',
    },
    fragile: {
      title: 'Le navigateur peut effacer les passages',
      what: 'Il ne promet pas de les garder. Installez l’application, et envoyez-les vite : retrouvez du réseau.',
    },
    unproved: {
      title: 'Ce qui répond n’est pas le serveur',
      what: 'Réseau d’invités ? Ouvrez sa page de connexion. Sinon continuez : les passages restent ici. Si cela dure, prévenez le technicien.',
    },
    disputed: {
      title: 'Le serveur conteste le journal',
      what: 'Continuez : les passages restent ici. Prévenez le technicien, il verra ce scanner sur la console.',
    },
    knowledge: {
      title: 'Les nouvelles informations ne conviennent pas',
      what: 'Les précédentes servent encore. Prévenez le technicien.',
    },
    elsewhere: {
      title: 'Le scanner est ouvert dans une autre fenêtre',
      what: 'Un seul à la fois : fermez l’autre fenêtre ou l’autre onglet, puis réessayez.',
    },
  },
  unwritten: {
    title: 'Rien n’est noté',
    paper: 'À l’entrée, notez sur papier chaque personne admise ; la sortie reste libre.',
    full: 'Le téléphone n’a plus de place : effacez photos ou applications, puis rouvrez le scanner.',
    closed: 'Le navigateur a fermé la mémoire du scanner : fermez l’application, puis rouvrez-la.',
    elsewhere: 'Une autre fenêtre du scanner écrit à sa place : fermez-la, puis rouvrez celle-ci.',
    fails:
      'Le téléphone n’arrive pas à écrire : rouvrez le scanner. Si cela dure, redémarrez le téléphone et prévenez le technicien.',
  },
  wrong: {
    alias: 'De 1 à 40 lettres sans accent, chiffres ou tirets, sans espace.',
    taken: 'Un agent de ce téléphone a déjà cet alias.',
    pin: 'Il faut six chiffres.',
    weak: 'Ce code PIN se devine : choisissez-en un autre.',
    differ: 'Les deux codes PIN ne sont pas les mêmes.',
    invitation: 'Ce n’est pas une invitation, ou elle est abîmée. Affichez-en une sur la console.',
    refused:
      'Cette invitation ne compte plus : déjà utilisée, périmée ou annulée. Affichez-en une autre sur la console.',
    impostor:
      'La réponse n’est pas celle de l’établissement : le réseau n’est pas sûr. Essayez par un autre réseau, et prévenez le technicien.',
    offline: 'Le serveur de l’établissement ne répond pas. Vérifiez le réseau et réessayez.',
    full: 'Le téléphone n’a plus de place. Effacez quelques photos ou applications, puis réessayez.',
    fullMeanwhile:
      'Ce qui y est déjà écrit reste, et partira. En attendant, contrôlez à l’œil et notez sur papier qui entre ; le scanner réessaie de lui-même quand vous revenez ici.',
    closed:
      'Ce navigateur ne garde rien : navigation privée, ou stockage interdit. Ouvrez cette page dans une fenêtre normale.',
    unsafe:
      'Cette page n’est pas ouverte par une adresse sûre (https). Rouvrez-la par l’invitation, ou demandez au technicien.',
    old: 'Ce navigateur est trop ancien pour le scanner. Il faut iOS 16.4, Chrome 103 ou plus récent.',
    lane: 'L’établissement n’a plus la voie de ce scanner. Sur la console, retirez-le, puis invitez-le de nouveau.',
    journal:
      'Le journal n’a pas pu être écrit : rien n’a été fait. Agissez à la main et prévenez le technicien.',
    strange: 'Quelque chose a mal tourné. Réessayez ; si cela recommence, prévenez le technicien.',
  },
  removed: {
    title: 'Ce téléphone n’est plus un scanner',
    what: 'L’établissement l’a retiré. Tout ce qu’il savait est effacé : informations, clés, agents.',
    lost: 'Passages jamais envoyés, perdus : {count}.',
    nothingLost: 'Tous les passages avaient été envoyés.',
    again: 'Une nouvelle invitation le remet en service.',
    join: 'Lire une nouvelle invitation',
    goOn: 'Continuer',
  },

  // The menu
  menu: {
    title: 'Menu',
    device: 'Réglages',
    sound: 'Sons',
    vibration: 'Vibreur',
    people: 'Agents',
    signOut: 'Fin de service',
    signOutWhat:
      'Le scanner se verrouille et oublie ce qu’il a ouvert. Les passages restent à l’abri et partent tout seuls.',
    tongue: 'redemande le code PIN',
    signedIn: 'Agent : {agent}',
    help: 'Que faire si…',
    about: 'Ce téléphone',
  },
  chips: {
    read: 'Badges à puce (NFC)',
    unread: 'Ce téléphone ne lit pas ce badge : son code, un lecteur, ou « Carte oubliée »',
    fault: 'Les badges à puce ne sont pas lus',
    denied:
      'Réglages du navigateur pour cette page, « NFC » : autorisez-le, puis rallumez-le dans le menu.',
    off: 'Allumez le NFC dans les réglages du téléphone, puis rallumez-le dans le menu.',
  },
  about: {
    title: 'Ce téléphone',
    school: 'Établissement',
    lane: 'Voie',
    gate: 'Numéro du scanner',
    version: 'Version',
    information: 'Informations',
    dates: 'Du {from}, valables jusqu’au {until}.',
    unsent: 'Passages',
    aside: 'Mises de côté',
    link: 'Serveur',
    clock: 'Heure',
    clockSure: 'sûre',
    clockUnsure: 'pas sûre',
    keeps: 'Ce que ce téléphone garde',
    keepsWhat: [
      'Les informations de l’établissement, chiffrées ; elles ne s’ouvrent qu’avec le code PIN d’un agent, et périment d’elles-mêmes. Quand elles sont ouvertes, elles sont en mémoire, jamais écrites en clair.',
      'Les passages : des numéros et des codes, jamais un nom. Une fois envoyés, ils s’effacent en quatorze jours au plus.',
      'Sa clé, que le navigateur ne laisse copier par personne ; les alias des agents, et de quoi vérifier leur code PIN.',
      'Votre langue et vos réglages. Aucune image de la caméra : elle est lue, puis oubliée.',
    ],
    stolen: 'Volé ou perdu ?',
    stolenWhat:
      'Sur la console : Portiques, ce téléphone, puis « Retirer ce téléphone ». Au prochain contact, il efface tout. Sans réseau, il reste fermé par le code PIN et ses informations périment.',
  },
  help: {
    title: 'Que faire si…',
    sun: 'Le code ne se lit pas',
    sunWhat:
      'Tenez le téléphone à une main du code, à plat ; penchez-le en cas de reflet. Le soir, allumez la lampe. Écran de téléphone sombre : faites monter la luminosité. Carte abîmée : « Carte oubliée ».',
    network: 'Il n’y a plus de réseau',
    networkWhat:
      'Continuez : le scanner décide seul et garde tout. Une personne passée ailleurs entre-temps n’est connue qu’au retour du réseau.',
    battery: 'La batterie baisse',
    batteryWhat:
      'Mettez la caméra en pause entre deux vagues, éteignez la lampe. Les passages notés ne se perdent pas si le téléphone s’éteint.',
    forgotten: 'Une personne n’a rien à montrer',
    forgottenWhat:
      '« Carte oubliée » : trois lettres et la classe, huit secondes. Sans liste du jour : « À la main ».',
    refused: 'Le scanner refuse quelqu’un que vous connaissez',
    refusedWhat:
      'Vous décidez : « Faire entrer » ou « Laisser sortir », avec un motif. C’est noté avec votre alias, et personne ne reste dans la rue.',
    phones: 'Il refuse tous les téléphones',
    phonesWhat:
      'Trop anciens ou en avance, l’un après l’autre : c’est l’heure de ce téléphone-ci qui est fausse. Mettez-la sur « automatique », ou retrouvez du réseau un instant. Les cartes ne sont pas concernées.',
    other: 'Un autre agent prend le relais',
    otherWhat: 'Menu, « Fin de service ». L’autre ouvre avec son alias et son code PIN.',
  },
};
