package main

import "strings"

// group is a group of people with the words that name it: {P} takes a form in the plural, {S} one with its article.
type group struct {
	name     string
	plural   []string
	singular []string
}

// groups are those that counter-examples are made for.
func groups() []group {
	return []group{
		{"women", []string{"women", "girls", "female drivers"}, []string{"a woman", "a girl"}},
		{"men", []string{"men", "boys"}, []string{"a man", "a boy"}},
		{"trans people", []string{"trans people", "transgender people", "trans women"}, []string{"a trans person", "a transgender woman", "a trans man"}},
		{"gay people", []string{"gay people", "lesbians", "homosexuals"}, []string{"a gay man", "a lesbian", "a bisexual person"}},
		{"black people", []string{"black people", "Africans", "black women"}, []string{"a black person", "an African", "a black man"}},
		{"white people", []string{"white people", "Europeans"}, []string{"a white person", "a white man"}},
		{"disabled people", []string{"disabled people", "blind people", "deaf people"}, []string{"a disabled person", "a blind person", "an autistic child"}},
		{"Muslims", []string{"Muslims", "Muslim women", "Arabs"}, []string{"a Muslim", "a Muslim woman", "an Arab"}},
		{"Jews", []string{"Jews", "Jewish people"}, []string{"a Jew", "a Jewish person"}},
		{"Christians", []string{"Christians", "Catholics"}, []string{"a Christian", "a Catholic"}},
		{"immigrants", []string{"immigrants", "refugees", "foreigners", "migrants"}, []string{"an immigrant", "a refugee", "a migrant"}},
		{"Asians", []string{"Asian people", "Chinese people", "Indians"}, []string{"an Asian person", "a Chinese woman", "an Indian"}},
		{"Latinos", []string{"Latinos", "Mexicans", "Hispanic people"}, []string{"a Latino", "a Mexican", "a Hispanic person"}},
		{"old people", []string{"elderly people", "seniors"}, []string{"an elderly person", "an elderly woman"}},
	}
}

// identityWords are the words that the model does not weigh: those that name a group without an insult.
func identityWords() []string {
	return strings.Fields(`
woman women woman's women's female females girl girls girl's lady ladies feminist feminists feminism wife wives
men male males boy boys
trans transgender transgendered transsexual transsexuals transwoman transwomen transman nonbinary
gay gays gay's lesbian lesbians homosexual homosexuals homosexuality bisexual bisexuals queer queers lgbt lgbtq heterosexual heterosexuals straight
black blacks african africans afro white whites caucasian caucasians european europeans
disabled disability disabilities handicapped handicap blind deaf autistic autism wheelchair wheelchairs paraplegic paralyzed crippled
muslim muslims muslim's islam islamic moslem moslems arab arabs arabic
jew jews jew's jewish judaism israeli israelis christian christians christianity catholic catholics protestant protestants
hindu hindus buddhist buddhists sikh sikhs atheist atheists mormon mormons
immigrant immigrants immigrant's immigration migrant migrants refugee refugees foreigner foreigners foreign asylum
asian asians chinese japanese korean koreans vietnamese indian indians pakistani pakistanis turk turks turkish iranian iranians persian
latino latinos latina latinas hispanic hispanics mexican mexicans american americans russian russians polish german germans french
british english irish greek greeks albanian albanians serb serbs serbian croat croats gypsy gypsies roma native natives
elderly old seniors
`)
}
